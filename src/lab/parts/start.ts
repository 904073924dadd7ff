import {stat} from 'node:fs/promises'
import {OpsError} from '../../errors.ts'
import {alive, killProcess, lastLines, readPidFile, spawnDaemon} from '../daemon.ts'
import type {LabPlan} from '../plan.ts'
import {waitFor} from '../wait.ts'
import type {Part} from './part.ts'

/** Starts one part and waits until it serves. Raises `lab/start` with the last lines of its log. */
export async function startPart(plan: LabPlan, part: Part, signal?: AbortSignal): Promise<void> {
  if (alive(readPidFile(part.pidFile))) return
  const from = await stat(part.log).then(
    entry => entry.size,
    () => 0,
  )
  const identity = await spawnDaemon(await part.spec(plan))
  let ready = false
  await waitFor(
    async () => {
      ready = alive(identity) && (await part.ready(plan))
      return ready || !alive(identity)
    },
    {timeoutMs: part.startMs, ...(signal === undefined ? {} : {signal})},
  )
  if (ready && alive(identity)) return
  const why = alive(identity) ? `did not serve within ${part.startMs / 1000} s` : 'ended at once'
  await killProcess(identity)
  const tail = (await lastLines(part.log, 5, from)).join('\n  ')
  throw new OpsError('lab/start', `${part.name} ${why}; its last lines:\n  ${tail}`, {hint: `Its log is ${part.log}`})
}
