import {startTool} from '../../../processes/tool.ts'
import type {InstanceTools} from '../instance-driver.ts'
import type {LogSource} from '../log-source.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'

/** The last lines are what a configured command prints: `docker logs`, `journalctl`, a script. */
export const commandLogs = (
  argv: readonly string[],
  tools: InstanceTools & {readonly timeoutMs: number},
): LogSource => ({
  read: async (place, signal) => {
    const {directory: cwd, timeoutMs} = tools
    return (await tools.exec(fillArgv(argv, {...place}), {signal, cwd, timeoutMs})).stdout
  },
  stream: async (place, signal, take) => {
    const {directory: cwd} = tools
    const tool = startTool(fillArgv(argv, {...place}), {stdin: 'none', stdout: 'pipe', signal, cwd})
    for await (const bytes of tool.stdout ?? []) take(bytes as Uint8Array)
    await tool.ended
  },
  obstacles: () => missingProgram('instances.logs', argv, tools.directory),
})
