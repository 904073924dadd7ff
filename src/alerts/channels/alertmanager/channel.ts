import {jsonRefusal, judgeAnswer} from '../answer.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import {openReceiver} from '../receiver.ts'
import {postedAlerts} from './alerts.ts'
import type {AlertmanagerChannelSpec} from './schema.ts'

/** Our alerts in an Alertmanager (API v2), which routes them on. What it answers is empty when it took them. */
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
      await judgeAnswer(await receiver.post(postedAlerts(notification, config), signal, headers), jsonRefusal)
    },
  }
}
