import type {InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import type {LogSource} from '../log-source.ts'
import {programLogs} from '../program-logs.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'

/** The last lines are what a configured command prints: `docker logs`, `journalctl`, a script. */
export const commandLogs = (
  argv: readonly string[],
  tools: InstanceTools & {readonly timeoutMs: number},
  named: (place: InstancePlace) => Readonly<Record<string, string>> = place => ({...place}),
): LogSource =>
  programLogs(place => fillArgv(argv, named(place)), {
    ...tools,
    obstacles: () => missingProgram('instances.logs', argv, tools.directory),
  })
