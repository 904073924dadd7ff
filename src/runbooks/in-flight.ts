import path from 'node:path'
import {identify, isAlive, type ProcessIdentity} from '../processes/identity.ts'
import {processesTagged} from '../processes/stop.ts'
import type {RunEvent} from './events.ts'
import {readPlainText} from '../files/plain-file.ts'

/** A command that had begun when the runner died. */
export interface InFlightCommand {
  readonly step: string
  readonly command: number
  readonly text: string
  readonly process: ProcessIdentity | undefined
  /** running: that very process lives · finished: its exit code was recorded · unknown: gone without a trace. */
  readonly fate: 'running' | 'finished' | 'unknown'
  readonly exitCode: number | undefined
}

/** Commands without an end in the journal, and what can be told of them now. */
export function commandsInFlight(events: readonly RunEvent[], spoolDir: string): readonly InFlightCommand[] {
  const open = new Map<number, {step: string; text: string; process: ProcessIdentity | undefined}>()
  for (const event of events) {
    if (event.type === 'command-started' && !event.dryRun)
      open.set(event.command, {step: event.step, text: event.text, process: undefined})
    if (event.type === 'command-process')
      open.set(event.command, {...(open.get(event.command) ?? {step: event.step, text: ''}), process: event.process})
    if (event.type === 'command-finished') open.delete(event.command)
  }
  return [...open].map(([command, {step, text, process: known}]) => {
    // The runner may have died between starting it and writing down which process it is: then its mark tells.
    const process = known ?? strayOf(`${events[0]?.run}/${step}`)
    const exitCode = readExitCode(path.join(spoolDir, `${command}.exit`))
    const fate = exitCode !== undefined ? 'finished' : process && isAlive(process) ? 'running' : 'unknown'
    return {step, command, text, process, fate, exitCode}
  })
}

function strayOf(key: string): ProcessIdentity | undefined {
  const [stray] = processesTagged('OPSCONSOLE_IDEMPOTENCY_KEY', key)
  return stray && identify(stray.pid)
}

/** Written when the command ended, by the shell around it; survives the runner. Whole only with its line end. */
function readExitCode(file: string): number | undefined {
  try {
    const text = readPlainText(file)
    return /^\d+\n$/.test(text) ? Number(text) : undefined
  } catch {
    return undefined
  }
}

/** What a person should know before settling a step. */
export function inFlightLines(commands: readonly InFlightCommand[]): readonly string[] {
  return commands.map(({text, fate, exitCode, process}) => {
    if (fate === 'running') return `still running as process ${process?.pid}: ${text}`
    if (fate === 'finished') return `finished while nobody watched, exit code ${exitCode}: ${text}`
    return `had started, and how it ended is unknown: ${text}`
  })
}

/** Highest command number so far, so that a resumed run goes on counting. */
export const lastCommand = (events: readonly RunEvent[]): number =>
  events.reduce((last, event) => (event.type === 'command-started' ? Math.max(last, event.command) : last), 0)
