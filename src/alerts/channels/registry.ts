import type {z} from 'zod'
import {drivers} from '../../kinds/drivers.ts'
import {alertmanagerChannel} from './alertmanager/driver.ts'
import {chatChannel} from './chat/driver.ts'
import {commandChannel} from './command/driver.ts'
import {emailChannel} from './email/driver.ts'
import {fileChannel} from './file/driver.ts'
import {ntfyChannel} from './ntfy/driver.ts'
import {pagerdutyChannel} from './pagerduty/driver.ts'
import {webhookChannel} from './webhook/driver.ts'

/** Every kind of channel. Adding one: its folder, and one line here. */
export const channels = drivers([
  fileChannel,
  webhookChannel,
  chatChannel,
  emailChannel,
  pagerdutyChannel,
  ntfyChannel,
  commandChannel,
  alertmanagerChannel,
])
export type ChannelSpec = z.output<typeof channels.schema>
