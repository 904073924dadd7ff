import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {bootId} from '../processes/identity.ts'
import {openLockStore, type StoredLocks} from './locks.ts'

const claim = {resource: 'dev/web', run: '20261122-031200-aaaa', actor: 'ada', reason: 'test'}
const other = {...claim, run: '20261122-031200-bbbb'}
let stateDir = ''
let locks: StoredLocks
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-locks-'))
  locks = openLockStore({stateDir, clock: {now: () => 1000, monotonic: () => 0}, hasUnknownStep: () => false})
  locks.acquire(claim)
})
afterEach(() => {
  locks.close()
  rmSync(stateDir, {recursive: true, force: true})
})

function holderIs(host: string, boot: string, pid: number): void {
  const database = new DatabaseSync(path.join(stateDir, 'locks.db'))
  database.prepare('UPDATE locks SET host = ?, boot_id = ?, pid = ?, start_ticks = 1').run(host, boot, pid)
  database.close()
}

test('a holder of this boot whose process is gone is dead, whatever the host was called then', () => {
  holderIs('renamed-since', bootId(), 4_194_304)
  expect(locks.acquire(other)).toHaveProperty('held')
  holderIs('renamed-since', bootId(), 4_194_304)
  expect(locks.acquire(other)).toHaveProperty('held')
})

test('one of another boot and another name may be alive elsewhere', () => {
  holderIs('elsewhere', 'another boot', 4_194_304)
  expect(locks.acquire(other)).toMatchObject({why: expect.stringContaining('on another host')})
  expect(locks.acquire(claim)).toMatchObject({why: expect.stringContaining('on elsewhere works on run')})
})
