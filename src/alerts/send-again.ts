import {messageOf, OpsError} from '../errors.ts'
import type {Records} from '../kinds/records.ts'
import type {Clock} from '../units/clock.ts'
import type {AlertStore} from './alert-store.ts'
import type {Channel, ChannelTools} from './channels/channel.ts'
import {cleanChannel} from './channels/clean-channel.ts'
import {openChannels} from './channels/open-channels.ts'
import type {ChannelSpec} from './channels/registry.ts'
import {isSameLetter, type LetterName, markSent, type Undelivered} from './letters.ts'
import type {Timelines} from './timeline.ts'
import {undeliveredOf} from './undelivered.ts'

export interface SendAgainTools extends ChannelTools {
  readonly channels: readonly ChannelSpec[]
  readonly clean: (text: string) => string
  /** Asks the gate, records the intent, does it, records the outcome. */
  readonly carryOut: (intended: {readonly action: string; readonly target: string}, work: Work) => Promise<void>
  readonly records: Records
  readonly timelines: () => Pick<Timelines, 'add'>
  readonly clock: Clock
  /** Who does it. */
  readonly by: string
}

type Work = () => Promise<void>

/** What became of one. */
export interface SentAgain {
  readonly id: string
  readonly channel: string
  readonly delivered: boolean
  readonly outcome: string
}

/** Sends what was given up, one after the other and each once. What is taken is known as sent; the others can be tried again. */
export async function sendAgain(
  letters: readonly Undelivered[],
  tools: SendAgainTools,
  signal: AbortSignal,
): Promise<readonly SentAgain[]> {
  const channels = openChannels(tools.channels, tools)
  const results: SentAgain[] = []
  for (const letter of letters) {
    const channel = channels.find(({name}) => name === letter.channel)
    results.push(await send(letter, channel && cleanChannel(channel, tools.clean), tools, signal))
  }
  return results
}

/** Those of an environment that are meant. Raises `alert/unknown` when somebody has sent them, `alert/not-taken`. */
export async function sendNamed(
  environment: string,
  names: readonly LetterName[],
  tools: SendAgainTools & {readonly alertStore: Pick<AlertStore, 'since'>},
  signal: AbortSignal,
): Promise<void> {
  const letters = undeliveredOf(tools.alertStore, tools.records, tools.clock.now()).filter(
    each => each.environment === environment && !each.sent && names.some(name => isSameLetter(name, each)),
  )
  if (letters.length === 0) throw new OpsError('alert/unknown', 'somebody has sent it again already, or it is too old')
  const results = await sendAgain(letters, tools, signal)
  const failed = results.flatMap(({channel, delivered, outcome}) =>
    delivered ? [] : [`${channel} did not accept it: ${outcome}`],
  )
  const count = results.length === 1 ? '' : `${failed.length} of ${results.length} were not accepted: `
  if (failed.length > 0) throw new OpsError('alert/not-taken', `${count}${failed.join('; ')}`)
}

async function send(
  letter: Undelivered,
  channel: Channel | undefined,
  {carryOut, records, timelines, clock, by}: SendAgainTools,
  signal: AbortSignal,
): Promise<SentAgain> {
  const {id, channel: name, notification} = letter
  let outcome: string | undefined
  const deliver = async (): Promise<void> => {
    try {
      if (channel === undefined) throw new OpsError('usage/arguments', `no channel is called ${name} any more`)
      const within = AbortSignal.any([signal, AbortSignal.timeout(channel.timeoutMs)])
      await channel.deliver({...notification, sentAt: new Date(clock.now()).toISOString()}, within)
    } catch (error) {
      outcome = messageOf(error)
      throw error
    }
  }
  try {
    await carryOut({action: 'notification sent again', target: `${id} to ${name}`}, deliver)
  } catch (error) {
    // Not tried: the gate let nothing through.
    if (outcome === undefined) throw error
    return {id, channel: name, delivered: false, outcome}
  }
  const at = clock.now()
  markSent(records, letter, by, at)
  if (!id.startsWith('run/'))
    timelines().add({alert: id, at, kind: 'sent', channel: name, text: `${notification.state}, by ${by} by hand`})
  return {id, channel: name, delivered: true, outcome: 'delivered'}
}
