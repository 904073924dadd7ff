import {jsonRefusal, judgeAnswer} from '../answer.ts'
import {planCommand} from '../../plan-command.ts'
import type {Channel, ChannelTools, Notification} from '../channel.ts'
import {openReceiver} from '../receiver.ts'
import type {NtfyChannelSpec} from './schema.ts'

/** 5 rings through, 4 is loud, 3 is usual. */
const PRIORITY = {critical: 5, warning: 4, info: 3} as const

/** Published as JSON (docs.ntfy.sh/publish): a message of more than 4,096 bytes would become an attachment. */
export function openNtfyChannel(config: NtfyChannelSpec, tools: ChannelTools): Channel {
  const receiver = openReceiver({url: config.url, timeout: config.timeout}, tools)
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const headers = config.token === undefined ? {} : {authorization: `Bearer ${await tools.secret(config.token)}`}
      const message = messageOf(notification, (await tools.secret(config.topic)).trim())
      await judgeAnswer(await receiver.post(message, signal, headers), jsonRefusal)
    },
  }
}

const messageOf = (notification: Notification, topic: string) => ({
  topic,
  title: `${notification.state.toUpperCase()} ${notification.severity}: ${notification.target}`.slice(0, 250),
  message: [notification.text.slice(0, 3000), planCommand(notification)?.slice(0, 400)].filter(Boolean).join('\n'),
  priority: notification.state === 'firing' ? PRIORITY[notification.severity] : 3,
  tags: [notification.state === 'firing' ? 'rotating_light' : 'white_check_mark', notification.environment],
})
