import type {ChannelConfig} from '../config.ts'
import type {Channel, ChannelTools} from './channel.ts'
import {fileChannel} from './file/channel.ts'
import {webhookChannel} from './webhook/channel.ts'

/** Every configured channel. Adding a kind: its folder, its schema in `config.ts`, and one line here. */
export function openChannels(configs: readonly ChannelConfig[], tools: ChannelTools): readonly Channel[] {
  return configs.map(config => (config.type === 'file' ? fileChannel(config) : webhookChannel(config, tools)))
}
