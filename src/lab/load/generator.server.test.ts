import {createServer} from 'node:http'
import type {Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, test} from 'vitest'
import {waitFor} from '../wait.ts'
import {Counters} from './counters.ts'
import {Generator} from './generator.ts'

describe('the load generator', () => {
  let server: Server | undefined
  let generator: Generator | undefined
  afterEach(() => {
    generator?.stop()
    server?.closeAllConnections()
    server?.close()
  })

  async function loadOf(handler: Parameters<typeof createServer>[1]): Promise<Generator> {
    server = createServer(handler)
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
    const {port} = server.address() as AddressInfo
    generator = new Generator(`http://127.0.0.1:${port}`, {rps: 200, slow: 0, slowMs: 0})
    generator.start()
    return generator
  }

  /** Stops sending and waits for the answers of everything that was sent. */
  async function settle(load: Generator): Promise<void> {
    load.set({rps: 0})
    expect(await waitFor(async () => load.view(undefined)?.inFlight === 0, {timeoutMs: 10_000})).toBe(true)
  }

  test('counts every failure of a server that fails a known number, by kind, server and version', async () => {
    let seen = 0
    const failed = {status: 0, reset: 0, cut: 0}
    const load = await loadOf((request, response) => {
      seen += 1
      request.resume()
      response.setHeader('x-server', 'one').setHeader('x-version', '1.2.3')
      if (seen % 10 === 0) {
        failed.status += 1
        response.writeHead(503).end()
      } else if (seen % 15 === 0) {
        failed.reset += 1
        request.socket.resetAndDestroy()
      } else if (seen % 7 === 0) {
        failed.cut += 1
        response.writeHead(200, {'content-length': '100'})
        response.write('half', () => request.socket.destroy())
      } else response.end('ok')
    })
    expect(await waitFor(async () => seen > 300, {timeoutMs: 20_000})).toBe(true)
    await settle(load)
    const view = load.view(undefined)
    expect(view).toMatchObject({sent: seen, inFlight: 0})
    expect(view?.failures).toEqual({'http 503': failed.status, ECONNRESET: failed.reset, 'cut off': failed.cut})
    expect(view?.failed).toBe(failed.status + failed.reset + failed.cut)
    expect(view?.versions['1.2.3']?.failed).toBe(failed.status + failed.cut)
    expect(view?.servers['none']?.failed).toBe(failed.reset)
  }, 40_000)

  test('counts since a mark only what was sent after it', async () => {
    let seen = 0
    const load = await loadOf((request, response) => {
      seen += 1
      request.resume()
      response.writeHead(seen <= 100 ? 500 : 200).end()
    })
    expect(await waitFor(async () => seen > 120, {timeoutMs: 20_000})).toBe(true)
    await settle(load)
    load.mark('after')
    expect(load.view('after')).toMatchObject({sent: 0, failed: 0, p50: undefined})
    load.set({rps: 200})
    expect(await waitFor(async () => (load.view('after')?.ok ?? 0) > 50, {timeoutMs: 20_000})).toBe(true)
    expect(load.view('after')?.failed).toBe(0)
    expect(load.view(undefined)?.failed).toBe(100)
    expect(load.view('unknown')).toBeUndefined()
  }, 40_000)

  test('keeps its rate when the server is slow: an open loop does not wait', async () => {
    const load = await loadOf((request, response) => {
      request.resume()
      setTimeout(() => response.end('late'), 1000)
    })
    expect(await waitFor(async () => (load.view(undefined)?.inFlight ?? 0) > 100, {timeoutMs: 10_000})).toBe(true)
  })
})

test('percentiles are at most five per cent above the truth', () => {
  const counters = new Counters(0)
  for (let ms = 1; ms <= 1000; ms += 1) {
    counters.sent()
    counters.ended({at: 0, ms, slow: false, path: '/', server: 'a', version: '1', kind: undefined})
  }
  const {p50 = 0, p99 = 0, max} = counters.view('start')
  expect(p50 / 500).toBeGreaterThanOrEqual(1)
  expect(p50 / 500).toBeLessThan(1.06)
  expect(p99 / 990).toBeLessThan(1.06)
  expect(max).toBe(1000)
})
