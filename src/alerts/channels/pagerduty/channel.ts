import {jsonRefusal, judgeAnswer} from '../answer.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import {openReceiver} from '../receiver.ts'
import {eventsOf} from './events.ts'
import type {PagerdutyChannelSpec} from './schema.ts'

/** Events API v2: an alert is an incident by its id, so that a second trigger is no second page, and its end resolves it. */
export function openPagerdutyChannel(config: PagerdutyChannelSpec, tools: ChannelTools): Channel {
  const receiver = openReceiver(config, tools)
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const routingKey = (await tools.secret(config.routingKey)).trim()
      for (const event of eventsOf(notification, routingKey))
        await judgeAnswer(await receiver.post(event, signal), jsonRefusal)
    },
  }
}
