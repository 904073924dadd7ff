import {closeSync, readdirSync, readSync, unlinkSync} from 'node:fs'
import path from 'node:path'
import {openPlain} from '../files/plain-file.ts'
import type {InFlightCommand} from '../runbooks/in-flight.ts'
import type {OutputSink} from '../runbooks/ports.ts'
import {lineStream} from '../text/lines.ts'
import type {Redactor} from '../text/redact.ts'
import type {StoredRun} from './ports.ts'

/**
 * What commands printed after their runner had died: raw in the spool, taken over into the run's output, redacted and
 * escaped like everything else, so that nothing raw stays behind.
 */
export function takeOverSpooledOutput(
  stored: StoredRun,
  commands: readonly InFlightCommand[],
  {output, redactor}: {readonly output: OutputSink; readonly redactor: Redactor},
): void {
  for (const {step, command, fate} of commands) {
    if (fate === 'running') continue
    const known = linesOfLastCommand(stored, step)
    for (const stream of ['out', 'err'] as const) {
      let skip = known[stream]
      const lines = lineStream(redactor, text => {
        if (skip > 0) skip -= 1
        else output.line({step, stream, text})
      })
      takeAway(path.join(stored.spool, `${command}.${stream}`), bytes => lines.push(bytes))
      lines.end()
    }
  }
}

/** How much of the output of a step's last command had been taken over before the runner died. */
function linesOfLastCommand(stored: StoredRun, step: string): {out: number; err: number} {
  const count = {out: 0, err: 0}
  for (let from = 0; ; ) {
    const {lines, end} = stored.output(from)
    if (end === from) return count
    from = end
    for (const line of lines) {
      if (line.step !== step) continue
      if (line.stream === 'command') count.out = count.err = 0
      else if (line.stream !== 'log') count[line.stream] += 1
    }
  }
}

function takeAway(file: string, take: (bytes: Uint8Array) => void): void {
  let descriptor: number
  try {
    descriptor = openPlain(file)
  } catch {
    return // It printed nothing, or was taken over before.
  }
  const buffer = Buffer.alloc(64 * 1024)
  for (let count = readSync(descriptor, buffer); count > 0; count = readSync(descriptor, buffer))
    take(buffer.subarray(0, count))
  closeSync(descriptor)
  unlinkSync(file)
}

/** Once a run has ended nothing in its spool is needed any more. */
export function clearSpool({spool}: StoredRun): void {
  try {
    for (const name of readdirSync(spool)) unlinkSync(path.join(spool, name))
  } catch {
    // It stays, mode 600, in a directory of mode 700.
  }
}
