import {spawn} from 'node:child_process'
import {existsSync, readdirSync, readlinkSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {scratchDirectory} from '../../test/servers/scratch.ts'
import {groupMembers, processesTagged} from '../processes/stop.ts'
import {readPidFile} from './daemon.ts'
import {labDown} from './down.ts'
import {withSuperuser} from './parts/postgres.ts'
import {labUp} from './up.ts'
import {waitFor} from './wait.ts'

const UP = `
import {labUp} from ${JSON.stringify(new URL('./up.ts', import.meta.url).href)}
const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
const tools = {signal: stop.signal, progress: line => console.log(line), now: () => Date.now()}
await labUp({dir: process.argv[1], prometheus: process.argv[2] === 'prometheus'}, tools).catch(error => { console.log('failed: ' + error.message); process.exitCode = 5 })
`

/** Starts \`labUp\` in a process of its own and resolves once it has said a line that matches. */
async function startUntil(dir: string, line: RegExp, ...more: readonly string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', UP, dir, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  expect(await waitFor(async () => line.test(text), {timeoutMs: 150_000, everyMs: 5})).toBe(true)
  return {child, ended, text: () => text}
}

describe('a lab command that is interrupted', () => {
  let scratch: {dir: string; remove(): Promise<void>}
  let dir: string
  beforeEach(async () => {
    scratch = await scratchDirectory('crash')
    dir = join(scratch.dir, 'lab')
  })
  afterEach(async () => {
    await labDown({dir}, () => {}).catch(() => {})
    await rm(scratch.dir, {recursive: true, force: true})
  })

  /** Every process that was started for this lab or works inside its directory. */
  const left = (): string[] => [
    ...processesTagged('OPSCONSOLE_LAB', dir).map(found => found.command),
    ...readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && cwdOf(pid).startsWith(dir)),
  ]

  // The moments: PostgreSQL's initdb runs; instances start; everything but the load generator runs.
  test.each([/PostgreSQL on/, /application/, /load generator/])(
    'leaves nothing behind after kill -9 at "%s" and lab down',
    async moment => {
      const started = await startUntil(dir, moment)
      started.child.kill('SIGKILL')
      await started.ended
      await labDown({dir}, () => {})
      expect(left()).toEqual([])
      expect(existsSync(dir)).toBe(false)
    },
    90_000,
  )

  test('takes Prometheus and Alertmanager down with it, and what they kept', async () => {
    const started = await startUntil(dir, /^up in/m, 'prometheus')
    started.child.kill('SIGKILL')
    await started.ended
    for (const name of ['prometheus', 'alertmanager']) {
      expect(left().filter(command => command.includes(`--config.file=${name}.yml`))).not.toEqual([])
      expect(readdirSync(join(dir, name))).toContain('data')
    }
    await labDown({dir}, () => {})
    expect(left()).toEqual([])
    expect(existsSync(dir)).toBe(false)
  }, 240_000)

  test('stops what it started on Ctrl-C, and says why', async () => {
    const started = await startUntil(dir, /Redis on/)
    started.child.kill('SIGINT')
    expect(await started.ended).toBe(5)
    expect(started.text()).toContain('failed: interrupted')
    expect(left()).toEqual([])
    expect(existsSync(dir)).toBe(false)
  }, 90_000)

  test('is cleaned up by the next lab up, which then keeps its data over down --keep', async () => {
    const started = await startUntil(dir, /application/)
    started.child.kill('SIGKILL')
    await started.ended
    const lines: string[] = []
    const tools = {
      signal: new AbortController().signal,
      progress: (line: string) => void lines.push(line),
      now: () => Date.now(),
    }
    const first = await labUp({dir}, tools)
    expect(lines[0]).toContain('left behind')
    await fetch(`http://127.0.0.1:${first.ports.web}/orders`, {method: 'POST', body: orderOf(7)})
    await labDown({dir, keep: true}, () => {})
    expect(left()).toEqual([])
    const again = await labUp({dir}, tools)
    expect(again.ports).toEqual(first.ports)
    const orders = await withSuperuser(again, 'shop', async client => {
      const result = await client.query<{total: string}>(
        'select max(order_id) as total from order_items where quantity = 77',
      )
      return Number(result.rows[0]?.total)
    })
    expect(orders).toBeGreaterThan(0)
    const redis = readPidFile(join(dir, 'run', 'redis.pid'))
    await labDown({dir}, () => {})
    expect(groupMembers(redis?.pid ?? 0)).toEqual([])
    expect(existsSync(dir)).toBe(false)
  }, 120_000)
})

const orderOf = (product: number): string => JSON.stringify({customer: 1, product, quantity: 77})

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}
