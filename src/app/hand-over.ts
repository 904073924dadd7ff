import path from 'node:path'
import {runInTerminal} from '../processes/run-in-terminal.ts'
import type {AppContext} from './context.ts'

/** Runs a program in the terminal of this process, beside the configuration; its exit code. */
export const handOver = (app: AppContext, argv: readonly string[]): number =>
  runInTerminal(argv, {cwd: path.dirname(app.config().file), env: app.options.env})
