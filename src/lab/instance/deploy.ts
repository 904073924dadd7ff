import {rm} from 'node:fs/promises'
import {OpsError} from '../../errors.ts'
import {alive, readPidFile, stopProcess} from '../daemon.ts'
import {appPart, deployedVersion} from '../parts/app.ts'
import {startPart} from '../parts/start.ts'
import {versionFile, writeWhole} from '../plan.ts'
import type {InstancePlan, LabPlan} from '../plan.ts'

/** A version is part of file contents and headers, never of a path; still it is kept plain. */
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+_-]{0,62}$/

/** Stops what runs there, as a service manager would, then starts the version. Raises `lab/start`. */
export async function deployInstance(
  plan: LabPlan,
  instance: InstancePlan,
  version: string,
  signal?: AbortSignal,
): Promise<void> {
  if (!VERSION.test(version)) throw new OpsError('release/unknown', `not a version: ${JSON.stringify(version)}`)
  await stopInstance(plan, instance)
  await writeWhole(versionFile(plan, instance.name), `${version}\n`)
  await startPart(plan, appPart(plan, instance), signal)
}

/** Graceful: requests in flight get 15 s. Nothing to do when it is not running. */
export async function stopInstance(plan: LabPlan, instance: InstancePlan): Promise<void> {
  const part = appPart(plan, instance)
  const identity = readPidFile(part.pidFile)
  if (identity !== undefined && !(await stopProcess(identity, part.stop)))
    throw new OpsError('lab/start', `${instance.name} (pid ${identity.pid}) does not end, not even by SIGKILL`)
  await rm(part.pidFile, {force: true})
}

export interface InstanceStatus {
  readonly name: string
  readonly slot: string
  readonly port: number
  readonly pid: number | undefined
  readonly version: string | undefined
  readonly running: boolean
}

export function instanceStatus(plan: LabPlan): Promise<InstanceStatus[]> {
  return Promise.all(
    plan.instances.map(async instance => {
      const identity = readPidFile(appPart(plan, instance).pidFile)
      const running = alive(identity)
      return {
        name: instance.name,
        slot: instance.slot,
        port: instance.port,
        pid: running ? identity?.pid : undefined,
        version: await deployedVersion(plan, instance.name),
        running,
      }
    }),
  )
}
