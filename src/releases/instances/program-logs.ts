import {startTool} from '../../processes/tool.ts'
import type {InstancePlace} from './instance-place.ts'
import type {InstanceTools} from './instance-driver.ts'
import type {LogSource} from './log-source.ts'

/** The last lines are what a program of the driver prints, to its end. */
export const programLogs = (
  argvOf: (place: InstancePlace) => readonly string[],
  {
    exec,
    directory: cwd,
    timeoutMs,
    obstacles,
  }: InstanceTools & {readonly timeoutMs: number} & Pick<LogSource, 'obstacles'>,
): LogSource => ({
  read: async (place, signal) => (await exec(argvOf(place), {signal, cwd, timeoutMs})).stdout,
  stream: async (place, signal, take) => {
    const tool = startTool(argvOf(place), {stdin: 'none', stdout: 'pipe', signal, cwd})
    for await (const bytes of tool.stdout ?? []) take(bytes as Uint8Array)
    await tool.ended
  },
  obstacles,
})
