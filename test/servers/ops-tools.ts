import {execProgram} from '../../src/processes/run.ts'
import type {OpsTools} from '../../src/kinds/ops-tools.ts'
import {openMatcher} from '../../src/text/matcher.ts'
import {systemClock} from '../../src/units/clock.ts'

/** The tools of a step without an engine: changes are carried out and noted, secrets are plain strings. */
export function plainTools(overrides: Partial<OpsTools> = {}): OpsTools & {
  readonly commands: string[]
  readonly lines: string[]
} {
  const commands: string[] = []
  const lines: string[] = []
  const dryRun = overrides.dryRun ?? false
  const signal = overrides.signal ?? AbortSignal.timeout(120_000)
  return {
    environment: {name: 'test', protected: false},
    run: 'test-run',
    act: (command, change, dry) => {
      commands.push(command)
      return dryRun ? Promise.resolve(dry) : change(signal)
    },
    signal,
    clock: systemClock,
    exec: execProgram,
    matcher: openMatcher(systemClock),
    secret: ref => (typeof ref === 'string' ? Promise.resolve(ref) : Promise.reject(new Error('only plain secrets'))),
    log: line => void lines.push(line),
    progress: () => undefined,
    dryRun,
    ...overrides,
    commands,
    lines,
  }
}
