import {afterAll, beforeAll, expect, test} from 'vitest'
import {z} from 'zod'
import {probeTools} from '../../../../test/probe-tools.ts'
import type {ContractServer} from '../../../../test/servers/contract-server.ts'
import {startContractServer} from '../../../../test/servers/contract-server.ts'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import {openChannels} from '../open-channels.ts'

/** A contract server, written from what ntfy publishes (docs.ntfy.sh/publish): the real one is not in Debian. */
const ntfyMessage = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: z.string().max(256),
  message: z.string().max(4096),
  priority: z.number().int().min(1).max(5),
  tags: z.array(z.string()),
})

let server: ContractServer
beforeAll(async () => {
  server = await startContractServer(({authorization, body}) => {
    if (authorization === 'Bearer wrong') return [403, {code: 40301, http: 403, error: 'forbidden'}]
    return ntfyMessage.safeParse(body).success
      ? [200, {id: 'x', event: 'message'}]
      : [400, {code: 40000, http: 400, error: 'invalid request'}]
  })
})
afterAll(() => server.stop())

const rehearse = async (channel: Record<string, unknown>) => {
  const config = alertsSchema.parse({channels: [{name: 'c', ...channel}]})
  const opened = openChannels(config.channels, {...probeTools, fetch})
  const [result] = await rehearseAlert(opened, config, 'prod', systemClock)
  return result
}

test('a message with its priority, its token in the header', async () => {
  expect(await rehearse({type: 'ntfy', url: server.origin, topic: 'ops-room', token: 'tk_abc'})).toMatchObject({
    outcome: 'delivered',
  })
  expect(server.received).toMatchObject([{authorization: 'Bearer tk_abc', body: {topic: 'ops-room', priority: 5}}])
  expect((await rehearse({type: 'ntfy', url: server.origin, topic: 'ops-room', token: 'wrong'}))?.outcome).toMatch(
    /^failed: .*403.*forbidden/,
  )
})
