import {OpsError} from '../errors.ts'
import type {ReleaseConfig} from './config.ts'
import type {InstanceTools} from './instances/instance-driver.ts'
import {instanceDrivers} from './instances/registry.ts'

/** What one instance prints, by the log source of its release. Raises `release/unknown` where there is none. */
export async function streamLogs(
  release: ReleaseConfig,
  instance: string,
  {
    signal,
    take,
    ...tools
  }: InstanceTools & {
    readonly signal: AbortSignal
    readonly take: (bytes: Uint8Array) => void
  },
): Promise<void> {
  const slot = release.slots.find(each => each.instances.some(({name}) => name === instance))
  if (!slot) throw new OpsError('release/unknown', `release ${release.name} has no instance ${instance}`)
  const openInstances = await instanceDrivers.load([release.instances.type])
  const {logs} = openInstances(release.instances, tools)
  if (!logs)
    throw new OpsError(
      'release/unknown',
      `no command for logs is configured for release ${release.name}: instances.logs`,
    )
  await logs.stream({slot: slot.name, instance}, signal, take)
}
