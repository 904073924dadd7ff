import path from 'node:path'
import {runInTerminal} from '../processes/run-in-terminal.ts'

interface Site {
  readonly config: () => {readonly file: string}
  readonly options: {readonly env: Readonly<Record<string, string | undefined>>}
}

/** Runs a program in the terminal of this process, beside the configuration; its exit code. */
export const handOver = (app: Site, argv: readonly string[]): number =>
  runInTerminal(argv, {cwd: path.dirname(app.config().file), env: app.options.env})
