import {Writable} from 'node:stream'
import {render} from 'ink'
import {createElement} from 'react'
import {ConsoleInput, type ConsoleInputProps} from './ConsoleInput.tsx'

/** Modes of the terminal that belong to input: bracketed paste and the kitty keyboard. */
const INPUT_MODE = /^\x1b\[(\?2004[hl]|[<>?]\d*u)$/

export interface InkOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

export interface InkInput {
  /** Resolves or rejects when Ink has ended, by itself or because it was stopped. */
  readonly ended: Promise<unknown>
  stop(): void
}

/** Lets Ink read keys and pastes. Loaded when the first picture stands, for loading it takes longest. */
export function readInput({stdin, stdout, stderr}: InkOptions, props: ConsoleInputProps): InkInput {
  const app = render(createElement(ConsoleInput, props), {
    stdin,
    stdout: inputModesOnly(stdout),
    stderr,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  return {ended: app.waitUntilExit(), stop: () => app.unmount()}
}

/** What Ink takes for the terminal: switches of input modes go through, frames and the cursor go nowhere. */
function inputModesOnly(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const sequence = String(chunk)
      if (INPUT_MODE.test(sequence)) stdout.write(sequence)
      done()
    },
  })
  // With a size of its own it never asks for one: where the terminal has none, that starts programs.
  return Object.assign(sink, {isTTY: true, columns: 80, rows: 24}) as unknown as NodeJS.WriteStream
}
