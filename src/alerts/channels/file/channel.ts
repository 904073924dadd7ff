import {appendFile} from 'node:fs/promises'
import type {Channel} from '../channel.ts'
import type {FileChannelSpec} from './schema.ts'

/** One JSON line for each notification; readable only by its owner. */
export function openFileChannel(config: FileChannelSpec): Channel {
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: 5_000,
    async deliver(notification, signal) {
      signal.throwIfAborted()
      await appendFile(config.path, `${JSON.stringify(notification)}\n`, {mode: 0o600})
    },
  }
}
