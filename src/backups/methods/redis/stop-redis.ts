import {readlink, realpath} from 'node:fs/promises'
import path from 'node:path'
import {OpsError} from '../../../errors.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'
import {sleep} from '../../../units/clock.ts'

/** Where a scratch Redis writes its pid, in its directory. */
export const PID = 'redis.pid'

/** Its process, when it is that of this directory: a pid may have been used again. */
export async function scratchRedisPid(directory: string): Promise<number | undefined> {
  const pid = Number((await readBoundedSoon(path.join(directory, PID)).then(String, () => '')).trim())
  if (!Number.isInteger(pid) || pid <= 1) return undefined
  const [cwd, own] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    realpath(directory).catch(() => directory),
  ])
  return cwd === own ? pid : undefined
}

/** Its data is thrown away, so it need not end well. */
export async function stopScratchRedis(directory: string): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const pid = await scratchRedisPid(directory)
    if (pid === undefined) return
    if (round % 100 === 0) process.kill(pid, 'SIGKILL')
    await sleep(50)
  }
  throw new OpsError('drill/failed', `the scratch Redis in ${directory} does not end`)
}
