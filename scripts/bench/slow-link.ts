/**
 * The real console at the end of a link of 1 KB/s and 600 ms round trip, with `--slow` and without: what it costs until
 * something useful stands there, at rest and a key, what lies in the link meanwhile, and how long a key waits behind a held one.
 * usage: node scripts/bench/slow-link.ts [--rate BYTES] [--delay MS]
 */
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {parseArgs} from 'node:util'
import {createProgram} from '../../test/program/program.ts'
import {SLOW_LINK} from '../../test/program/slow-link.ts'
import {openTerminal} from '../../test/program/terminal.ts'

const {values} = parseArgs({options: {rate: {type: 'string'}, delay: {type: 'string'}}})
const link = {
  bytesPerSecond: Number(values.rate ?? SLOW_LINK.bytesPerSecond),
  delayMs: Number(values.delay ?? SLOW_LINK.delayMs),
}
const SERVICES = 12
const IDLE_MS = 15_000
const HELD_KEYS = 150

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const server = createServer((_request, response) => void setTimeout(() => response.end('fine'), Math.random() * 80))
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
const {port} = server.address() as AddressInfo
const services = Array.from(
  {length: SERVICES},
  (_, at) => `  - {name: shop-${at}, probe: {type: http, url: "http://127.0.0.1:${port}/${at}"}, interval: 2s}\n`,
)

interface Row {
  readonly slow: string
  readonly size: string
  readonly 'first row, B': number
  readonly 'first row, s': string
  readonly 'whole, B': number
  readonly 'whole, s': string
  readonly 'at rest, B/s': number
  readonly 'lying at rest, most B': number
  readonly 'a key, B': number
  readonly 'a key, s': string
  readonly 'lying while held, most B': number
  readonly 'key after held, s': string
}

async function measure(args: readonly string[], columns: number, rows: number): Promise<Row> {
  const program = createProgram({config: `project: shop\nenvironments: [{name: dev}]\nservices:\n${services.join('')}`})
  const seen = openTerminal(program, {args, columns, rows, answers: true, link})
  const timed = async (work: () => Promise<void>): Promise<string> => {
    const began = performance.now()
    await work()
    return ((performance.now() - began) / 1000).toFixed(1)
  }
  try {
    const began = performance.now()
    await seen.see(/shop-\d/)
    const first = {bytes: seen.down.carried(), seconds: ((performance.now() - began) / 1000).toFixed(1)}
    await seen.see(/quit/)
    const whole = {bytes: seen.down.carried(), seconds: ((performance.now() - began) / 1000).toFixed(1)}
    await pause(5000)
    seen.down.most()
    const before = seen.down.carried()
    await pause(IDLE_MS)
    const [idle, lying] = [seen.down.carried() - before, seen.down.most()]
    const atKey = seen.down.carried()
    const key = await timed(async () => {
      seen.press('1')
      await seen.see(/Esc back/)
    })
    const keyBytes = seen.down.carried() - atKey
    await pause(6000)
    seen.down.most()
    for (let pressed = 0; pressed < HELD_KEYS; pressed += 1) {
      seen.press(pressed % 20 < 10 ? 'down' : 'up')
      await pause(33)
    }
    const held = seen.down.most()
    const after = await timed(async () => {
      seen.press('?')
      await seen.see('Help')
    })
    return {
      slow: args.join(' ') || 'without',
      size: `${columns}×${rows}`,
      'first row, B': first.bytes,
      'first row, s': first.seconds,
      'whole, B': whole.bytes,
      'whole, s': whole.seconds,
      'at rest, B/s': Math.round((idle / IDLE_MS) * 1000),
      'lying at rest, most B': lying,
      'a key, B': keyBytes,
      'a key, s': key,
      'lying while held, most B': held,
      'key after held, s': after,
    }
  } finally {
    await seen.stop()
    program.remove()
  }
}

const table: Row[] = []
for (const args of [['--slow'], []])
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
  ] as const)
    table.push(await measure(args, columns, rows))
server.close()
for (const row of table) process.stdout.write(`${JSON.stringify(row)}\n`)
