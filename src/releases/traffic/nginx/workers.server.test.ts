import {afterAll, beforeAll, expect, test} from 'vitest'
import {startUpstreamNginx, type UpstreamNginx} from '../../../../test/servers/nginx.ts'
import {readWorkers} from './workers.ts'

let nginx: UpstreamNginx
beforeAll(async () => {
  nginx = await startUpstreamNginx(['127.0.0.1:1'])
}, 60_000)
afterAll(() => nginx.stop(), 30_000)

test('how long its files take to be read makes no worker older', async () => {
  const quick = await readWorkers(nginx.pidFile, {now: Date.now})
  const reading = readWorkers(nginx.pidFile, {now: Date.now})
  // Nothing of ours runs meanwhile, as on a busy host.
  for (const end = performance.now() + 400; performance.now() < end; );
  const {since, active} = await reading
  expect(active).toHaveLength(2)
  expect(Math.abs((since ?? 0) - (quick.since ?? 0))).toBeLessThan(100)
})
