import type {OpsTools} from '../../src/kinds/ops-tools.ts'
import {execProgram} from '../../src/processes/run.ts'
import {systemClock} from '../../src/units/clock.ts'

/** What operations are given in a test: every act is carried out, and its command is kept. */
export function benchTools(acts: string[]): OpsTools {
  const {signal} = new AbortController()
  return {
    environment: {name: 'production', protected: false},
    run: 'r-test-0001',
    act: (command, change) => {
      acts.push(command)
      return change(signal)
    },
    signal,
    clock: systemClock,
    exec: execProgram,
    secret: async ref => {
      if (typeof ref !== 'string') throw new Error('the bench knows only plain secrets')
      return ref
    },
    matcher: {match: () => Promise.resolve('yes')},
    log: () => undefined,
    progress: () => undefined,
    dryRun: false,
  }
}
