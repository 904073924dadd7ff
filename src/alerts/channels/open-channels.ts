import type {Channel, ChannelTools} from './channel.ts'
import {type ChannelSpec, channels} from './registry.ts'

const open = await channels.load()

export type OpenChannels = (specs: readonly ChannelSpec[], tools: ChannelTools) => readonly Channel[]

/** Every configured channel, with what stands in for it. Loads all drivers: when it must send, a disk may be gone. */
export const openChannels: OpenChannels = (specs, tools) =>
  specs.map(spec => ({...open(spec, tools), fallback: spec.fallback, rateLimit: spec.rateLimit}))
