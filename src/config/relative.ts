import path from 'node:path'
import {channels} from '../alerts/channels/registry.ts'
import {storages} from '../backups/storage/registry.ts'
import {probes} from '../probes/registry.ts'
import {instanceDrivers} from '../releases/instances/registry.ts'
import {trafficDrivers} from '../releases/traffic/registry.ts'
import type {PlacedConfig} from './place.ts'

/**
 * Paths in the file are relative to the file, wherever the console is started; `~/` is the home directory.
 * Files of secrets are resolved by the secret resolver, which is told the same directory.
 */
export function resolvePaths(config: PlacedConfig, directory: string, home: string | undefined): PlacedConfig {
  const from = (written: string): string =>
    home && written.startsWith('~/') ? path.join(home, written.slice(2)) : path.resolve(directory, written)
  /** A program found on PATH stays a plain name; one beside the file is resolved. */
  const program = (argv: string[]): string[] => {
    const [first = '', ...rest] = argv
    return /^(\.{1,2}|~)\//.test(first) ? [from(first), ...rest] : argv
  }
  const places = {file: from, program}
  return {
    ...config,
    services: config.services.map(service => ({...service, probe: probes.paths(service.probe, places)})),
    backups: config.backups.map(backup => ({
      ...backup,
      storage: storages.paths(backup.storage, places),
      drill: {...backup.drill, ...(backup.drill.binaries === undefined ? {} : {binaries: from(backup.drill.binaries)})},
    })),
    releases: config.releases.map(release => ({
      ...release,
      traffic: trafficDrivers.paths(release.traffic, places),
      instances: instanceDrivers.paths(release.instances, places),
    })),
    alerts: {
      ...config.alerts,
      channels: config.alerts.channels.map(channel => channels.paths(channel, places)),
    },
    policy: {...config.policy, runbooks: config.policy.runbooks.map(from)},
  }
}
