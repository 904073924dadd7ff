import {expect, test} from 'vitest'
import {systemClock} from '../units/clock.ts'
import {untilAborted} from '../units/until-aborted.ts'
import {globalsBeside, type GlobalsOptions} from './globals-beside.ts'

const STORED = {sha256: 'f'.repeat(64), storedBytes: 9, passwords: true}

/** Each attempt ends as its entry says; what became of the files is in `files`. */
function beside(attempts: readonly (() => Promise<typeof STORED>)[], signal = new AbortController().signal) {
  const files: string[] = []
  const lines: string[] = []
  let tried = 0
  const file = {
    write: async () => undefined,
    commit: async () => void files.push('whole'),
    abort: async () => void files.push('removed'),
  }
  const options = {
    source: {backup: {encryption: {recipients: []}}},
    catalog: {storage: {begin: async () => file}},
    method: {takeGlobals: (_into: unknown, tools: {signal: AbortSignal}) => take(tools.signal)},
    tools: {signal, clock: systemClock, log: () => undefined, progress: () => undefined},
  } as unknown as GlobalsOptions
  const take = async (ended: AbortSignal): Promise<typeof STORED> => {
    const attempt = attempts[tried]
    tried += 1
    if (attempt === undefined) throw new Error('tried too often')
    return untilAborted(ended, attempt())
  }
  return {...globalsBeside(options, 'id', line => void lines.push(line)), files, lines, tried: () => tried}
}
const taken = async () => STORED
const refused = () => Promise.reject(new Error('too many connections for role "backup"'))
const never = () => new Promise<never>(() => undefined)

test('taken beside the data they are taken once', async () => {
  const globals = beside([taken])
  globals.begin()
  globals.begin()
  expect(await globals.end()).toEqual({file: 'id.globals.sql.age', ...STORED})
  expect([globals.tried(), globals.files]).toEqual([1, ['whole']])
})

test('a method that never says that it is connected has them taken after the data', async () => {
  const globals = beside([taken])
  expect(globals.tried()).toBe(0)
  expect(await globals.end()).toMatchObject(STORED)
})

test('what had no connection left beside the data is tried again after them, and is no warning then', async () => {
  const globals = beside([refused, taken])
  globals.begin()
  expect(await globals.end()).toMatchObject(STORED)
  expect(globals.files).toEqual(['removed', 'whole'])
  expect(globals.lines.filter(line => line.startsWith('warning'))).toEqual([])
})

test('what fails then as well is said, and the data stay', async () => {
  const globals = beside([refused, refused])
  globals.begin()
  expect(await globals.end()).toEqual({missing: 'too many connections for role "backup"'})
  expect(globals.lines).toEqual([
    'warning: roles and other globals are not in this backup: too many connections for role "backup"',
  ])
})

test('when the data fail nothing of them is being written any more', async () => {
  const globals = beside([never])
  globals.begin()
  await globals.stop()
  expect(globals.files).toEqual(['removed'])
})

test('an aborted run tries nothing again', async () => {
  const run = new AbortController()
  const globals = beside([never, taken], run.signal)
  globals.begin()
  run.abort()
  await expect(globals.end()).rejects.toThrow('aborted')
  expect([globals.tried(), globals.files]).toEqual([1, ['removed']])
})
