import {chmodSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {type KeptConfig, openLiveConfig} from './live.ts'
import type {Config} from './schema.ts'

let cwd: string
beforeAll(() => (cwd = mkdtempSync(path.join(tmpdir(), 'opsconsole-live-'))))
afterAll(() => rmSync(cwd, {recursive: true, force: true}))

const text = (project: string): string => `project: ${project}\nenvironments: [{name: dev}]\n`

function open(name: string, kept?: () => KeptConfig | undefined) {
  const file = path.join(cwd, `${name}.yaml`)
  const admit = (written: string): void => {
    if ((statSync(written).mode & 0o002) !== 0) throw new OpsError('trust/refused', `${written} is world-writable`)
  }
  const live = openLiveConfig({file, env: {}, cwd, admit, ...(kept === undefined ? {} : {kept})})
  const applied: string[] = []
  const apply = (config: Config) => {
    applied.push(config.project)
    return []
  }
  return {
    file,
    live,
    applied,
    look: () => live.reload(false, apply).outcome,
    ask: () => live.reload(true, apply).outcome,
  }
}

test('a file that changed is taken when it has stood still for one look, and then only once', () => {
  const {file, live, applied, look} = open('taken')
  writeFileSync(file, text('one'))
  expect(live.config().project).toBe('one')
  expect(look()).toBe('same')
  writeFileSync(file, text('two, half wri'))
  expect(look(), 'somebody may still be writing').toBe('same')
  writeFileSync(file, text('three'))
  expect(look()).toBe('same')
  expect(look()).toBe('taken')
  expect(look()).toBe('same')
  expect(live.config().project).toBe('three')
  expect(applied).toEqual(['three'])
})

test('a wrong file is refused, told with its line, and the one before stays in force until it is right', () => {
  const {file, live, applied, look, ask} = open('refused')
  writeFileSync(file, text('one'))
  const before = live.config()
  const {writtenAt} = live.inForce()
  writeFileSync(file, `${text('two')}servces: []\nalerts: {failureThreshold: 0}\n`)
  utimesSync(file, 2_000_000_000, 2_000_000_000)
  expect([look(), look(), look()]).toEqual(['same', 'refused', 'same'])
  expect(live.config()).toBe(before)
  expect(live.inForce()).toEqual({
    file,
    writtenAt,
    refused: {
      writtenAt: 2_000_000_000_000,
      reason: expect.stringMatching(
        /^line \d: (servces: is not a key here.*|alerts\/failureThreshold: .*); and 1 more$/,
      ),
    },
  })
  expect(ask(), 'who asks is answered each time').toBe('refused')
  writeFileSync(file, 'project: [')
  expect([look(), look()]).toEqual(['same', 'refused'])
  expect(live.inForce().refused?.reason).toMatch(/^line 1, column 11: /)
  rmSync(file)
  expect([look(), look()]).toEqual(['same', 'refused'])
  expect(live.config()).toBe(before)
  writeFileSync(file, text('three'))
  expect([look(), look()]).toEqual(['same', 'taken'])
  expect(live.inForce().refused).toBe(undefined)
  expect(applied).toEqual(['three'])
})

test('a file that others may write by now is refused though not a byte of it changed', () => {
  const {file, live, look} = open('trust')
  writeFileSync(file, text('one'))
  live.config()
  chmodSync(file, 0o666)
  expect([look(), look()]).toEqual(['same', 'refused'])
  expect(live.inForce().refused?.reason).toMatch(/is world-writable$/)
  chmodSync(file, 0o644)
  expect([look(), look()]).toEqual(['same', 'taken'])
})

test('what cannot be made of a right file leaves the old one in force as well', () => {
  const {file, live} = open('apply')
  writeFileSync(file, text('one'))
  live.config()
  const fail = (): never => {
    throw new Error('no such CA file')
  }
  expect(live.reload(true, fail)).toEqual({outcome: 'refused'})
  expect(live.inForce().refused?.reason).toBe('no such CA file')
})

test('who only shows works by what is in force elsewhere while the file is refused, and nobody else does', () => {
  let kept: KeptConfig | undefined
  const {file, live} = open('kept', () => kept)
  writeFileSync(file, 'project: 7\n')
  expect(() => live.configOrKept()).toThrow(expect.objectContaining({code: 'config/invalid'}))
  kept = {file: '/another.yaml', writtenAt: 1, text: text('another')}
  expect(() => live.configOrKept()).toThrow(expect.objectContaining({code: 'config/invalid'}))
  kept = {file, writtenAt: 1_795_000_000_000, text: text('one')}
  expect(live.configOrKept().project).toBe('one')
  expect(live.inForce()).toMatchObject({
    writtenAt: 1_795_000_000_000,
    refused: {reason: expect.stringMatching(/^line 1: /)},
  })
  expect(() => live.current(), 'what may be changed is decided by the file').toThrow()
  expect(live.toKeep()).toBe(undefined)
})

test('a file that was removed is refused like any other, and there is nothing to keep', () => {
  const {file, live, ask} = open('removed')
  writeFileSync(file, text('one'))
  live.config()
  expect(live.toKeep()).toMatchObject({text: text('one')})
  rmSync(file)
  expect(ask()).toBe('refused')
  expect(live.config().project).toBe('one')
  expect(live.toKeep()).toBeUndefined()
})
