import type {InstanceTools} from '../instance-driver.ts'
import type {LogSource} from '../log-source.ts'
import {programLogs} from '../program-logs.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'

/** The last lines are what a configured command prints: `docker logs`, `journalctl`, a script. */
export const commandLogs = (argv: readonly string[], tools: InstanceTools & {readonly timeoutMs: number}): LogSource =>
  programLogs(place => fillArgv(argv, {...place}), {
    ...tools,
    obstacles: () => missingProgram('instances.logs', argv, tools.directory),
  })
