import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {eventually} from '../../test/probe-tools.ts'
import {monitorLease} from './lease.ts'
import type {Store} from './open.ts'
import {openStore} from './open.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-lease-'))
let store: Store
beforeAll(() => {
  store = openStore(dir)
})
afterAll(() => {
  store.close()
  rmSync(dir, {recursive: true, force: true})
})

test('the lease has one holder, who can renew and release it', () => {
  const [first, second] = [monitorLease(store.database, 'agent'), monitorLease(store.database, 'console')]
  expect(first.acquire(1000)).toEqual({held: true, reason: 'the lease is free'})
  expect(second.acquire(2000)).toMatchObject({held: false, reason: expect.stringMatching(/^held by agent on /)})
  expect(first.renew(10_000)).toEqual({held: true, refresh: false})
  second.askRefresh()
  expect(first.renew(11_000)).toEqual({held: true, refresh: true})
  expect(first.renew(12_000)).toEqual({held: true, refresh: false})
  expect(second.acquire(26_000).held).toBe(false)
  expect(second.acquire(27_001)).toMatchObject({held: true, reason: expect.stringContaining('was silent for 15s')})
  expect(first.renew(27_002)).toEqual({held: false, refresh: false})
  first.release()
  expect(second.holder(27_003)?.role).toBe('console')
  second.release()
  expect(second.holder(27_004)).toBeUndefined()
})

test('of many processes that race for it exactly one holds it; killed, it is taken over at once', async () => {
  const script = path.join(dir, 'contender.ts')
  const source = new URL('.', import.meta.url).href
  writeFileSync(
    script,
    `import {monitorLease} from '${source}lease.ts'
     import {openStore} from '${source}open.ts'
     const lease = monitorLease(openStore(${JSON.stringify(dir)}).database, 'agent')
     process.stdin.once('data', () => {
       process.stdout.write(lease.acquire(Date.now()).held ? 'held' : 'not')
       setInterval(() => lease.renew(Date.now()), 100)
     })
     process.stdout.write('ready ')`,
  )
  const contenders = Array.from({length: 4}, () => {
    const child = spawn(process.execPath, ['--no-warnings', script], {stdio: ['pipe', 'pipe', 'inherit']})
    const said = {text: ''}
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.text += text))
    return {child, said}
  })
  try {
    await eventually(() => expect(contenders.map(({said}) => said.text)).toEqual(Array(4).fill('ready ')))
    for (const {child} of contenders) child.stdin.write('go')
    await eventually(() => expect(contenders.every(({said}) => said.text.length > 6)).toBe(true))
    const holders = contenders.filter(({said}) => said.text === 'ready held')
    expect(holders).toHaveLength(1)
    const heir = monitorLease(store.database, 'console')
    expect(heir.acquire(Date.now()).held).toBe(false)
    const [holder] = holders
    const ended = holder && once(holder.child, 'exit')
    holder?.child.kill('SIGKILL')
    await ended
    expect(heir.acquire(Date.now())).toMatchObject({held: true, reason: expect.stringContaining('is gone')})
  } finally {
    for (const {child} of contenders) child.kill('SIGKILL')
  }
})
