import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {randomFrom} from '../../test/program/random.ts'
import {openAuditLog} from './audit-log.ts'
import {sealedSegments} from './trail-segments.ts'
import {auditFile, openTrailWatch, verifyAuditFile, verifyOwnTrail} from './verify-trail.ts'

const actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'} as const
let stateDir = ''
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-sealing-'))
})
afterEach(() => rmSync(stateDir, {recursive: true, force: true}))

const CODE = `
  const {openAuditLog} = await import(${JSON.stringify(new URL('audit-log.ts', import.meta.url).href)})
  const [, stateDir, name, count] = process.argv
  const log = openAuditLog({stateDir, actor: ${JSON.stringify(actor)}, clock: {now: () => Date.now()}, redact: text => text, segmentBytes: 2000})
  for (let n = 0; n < Number(count); n += 1) {
    const {seq} = log.append({action: 'write', target: name, environment: 'e', phase: 'intent', detail: {n}})
    process.stdout.write(seq + ' ')
  }
  log.close()`

/** A process that appends, and what it was told is durable. */
function startWriter(name: string, count: number) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CODE, stateDir, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', chunk => (said += String(chunk)))
  const ended = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
  const acknowledged = (): number[] => said.split(' ').slice(0, -1).map(Number)
  return {acknowledged, ended, kill: () => void child.kill('SIGKILL')}
}

test('writers that are killed while they seal one small file after the other lose nothing and break nothing', async () => {
  const random = randomFrom(20_261_126)
  const acknowledged: number[] = []
  for (let round = 0; round < 4; round += 1) {
    const writers = ['a', 'b', 'c'].map(name => startWriter(name, 1_000_000))
    await expect
      .poll(() => writers.every(writer => writer.acknowledged().length > 5 + random() * 20), {
        timeout: 60_000,
        interval: 5,
      })
      .toBe(true)
    for (const writer of writers) writer.kill()
    for (const writer of writers) {
      await writer.ended
      acknowledged.push(...writer.acknowledged())
    }
  }
  expect(await startWriter('last', 1).ended).toBe(0)
  expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', breaks: []})
  expect(openTrailWatch(stateDir)()).toBeUndefined()
  expect(sealedSegments(auditFile(stateDir)).length).toBeGreaterThan(5)
  const log = openAuditLog({stateDir, actor, clock: {now: () => 0, monotonic: () => 0}, redact: text => text})
  const there = new Set(log.list().map(({seq}) => seq))
  expect(acknowledged.filter(seq => !there.has(seq))).toEqual([])
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
}, 180_000)

test('T5: who reads while it is written and sealed sees a whole trail, two hundred times', async () => {
  const writer = startWriter('a', 1_000_000)
  await expect.poll(() => writer.acknowledged().length, {timeout: 60_000, interval: 5}).toBeGreaterThan(0)
  const verdicts = new Map<string, number>()
  const watch = openTrailWatch(stateDir)
  for (let round = 0; round < 200; round += 1) {
    const {verdict, breaks} = verifyAuditFile(auditFile(stateDir))
    const said = breaks.length === 0 ? verdict : JSON.stringify(breaks)
    verdicts.set(said, (verdicts.get(said) ?? 0) + 1)
    const why = watch()
    if (why !== undefined) verdicts.set(why, 1)
    if (sealedSegments(auditFile(stateDir)).length > 40) break
    await new Promise(resolve => setImmediate(resolve))
  }
  writer.kill()
  await writer.ended
  expect([...verdicts.keys()]).toEqual(['VERIFIED'])
}, 180_000)
