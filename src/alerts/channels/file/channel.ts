import {appendFile} from 'node:fs/promises'
import type {ChannelConfig} from '../../config.ts'
import type {Channel} from '../channel.ts'

/** One JSON line for each notification; readable only by its owner. */
export function fileChannel(config: Extract<ChannelConfig, {type: 'file'}>): Channel {
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
