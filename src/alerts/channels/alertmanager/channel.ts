import {openAlertmanager} from '../../alertmanagers/client.ts'
import {jsonRefusal, judgeAnswer} from '../answer.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import {openReceiver} from '../receiver.ts'
import {endedThere, postedAlerts} from './alerts.ts'
import type {AlertmanagerChannelSpec} from './schema.ts'

/**
 * Our alerts in an Alertmanager (API v2), which routes them on. What it answers is empty when it took them. It knows an alert by all of its
 * labels: what is there of ours under other ones is ended, or it would fire there for days.
 */
export function openAlertmanagerChannel(config: AlertmanagerChannelSpec, tools: ChannelTools): Channel {
  const url = `${config.url.replace(/\/+$/, '')}/api/v2/alerts`
  const receiver = openReceiver({url, timeout: config.timeout}, tools)
  return {
    type: 'alertmanager',
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const headers = config.token === undefined ? {} : {authorization: `Bearer ${await tools.secret(config.token)}`}
      const posted = postedAlerts(notification, config)
      const there = await openAlertmanager(config, {...tools, clean: text => text})
        .sentByUs(signal)
        // Where it may not be read, it can still be told.
        .catch(() => [])
      const all = [...posted, ...endedThere(posted, there, notification.sentAt)]
      await judgeAnswer(await receiver.post(all, signal, headers), jsonRefusal)
    },
  }
}
