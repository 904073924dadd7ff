import {chatRefusal, judgeAnswer} from '../answer.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import {openReceiver} from '../receiver.ts'
import {slackMessage} from './slack.ts'
import type {ChatChannelSpec} from './schema.ts'
import {teamsMessage} from './teams.ts'

const MESSAGES = {slack: slackMessage, teams: teamsMessage} as const

/** A POST to an incoming webhook, in the words that its receiver shows. */
export function openChatChannel(config: ChatChannelSpec, tools: ChannelTools): Channel {
  const receiver = openReceiver(config, tools)
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const response = await receiver.post(MESSAGES[config.format](notification), signal)
      await judgeAnswer(response, text => chatRefusal(text, config.format))
    },
  }
}
