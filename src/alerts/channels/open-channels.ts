import type {Channel, ChannelTools} from './channel.ts'
import {type ChannelSpec, channels} from './registry.ts'

const open = await channels.load()

/** Every configured channel, with what stands in for it. */
export const openChannels = (specs: readonly ChannelSpec[], tools: ChannelTools): readonly Channel[] =>
  specs.map(spec => ({...open(spec, tools), fallback: spec.fallback}))
