import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const chatChannelSchema = lateObject(() => ({
  type: z.literal('chat'),
  ...channelFields(),
  format: z
    .enum(['slack', 'teams'])
    .default('slack')
    .describe('slack: Slack, Mattermost, Rocket.Chat and others like them; teams: a workflow of Microsoft Teams'),
  url: secret('URL of the incoming webhook; whoever knows it can write there, so it is a secret'),
  timeout: duration('Deadline of one delivery').default(5_000),
}))
export type ChatChannelSpec = z.infer<typeof chatChannelSchema>
