import path from 'node:path'
import {channels} from '../alerts/channels/registry.ts'
import {type Entries, entriesOf, kinds} from './kinds.ts'
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
  const resolved = kinds.map(kind => [
    kind.section,
    entriesOf(config, kind).map(entry => kind.paths?.(entry, places) ?? entry),
  ])
  return {
    ...config,
    ...(Object.fromEntries(resolved) as Entries),
    alerts: {
      ...config.alerts,
      channels: config.alerts.channels.map(channel => channels.paths(channel, places)),
    },
    policy: {...config.policy, runbookDirectories: config.policy.runbookDirectories.map(from)},
  }
}
