import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {readConfig} from '../../config/load.ts'
import {OpsError} from '../../errors.ts'
import {liveKeymap} from './live-keymap.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-keys-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))
const file = path.join(dir, 'opsconsole.yaml')

function written(keys: string) {
  const text = `environments: [{name: lab}]\nkeys:\n  ${keys}\n`
  writeFileSync(file, text)
  return readConfig(text, file)
}

test('a console does not open with keys that cannot be: the error names each with its place in the file', () => {
  const config = written('{sort: r, qit: Q}')
  expect(() => liveKeymap(() => config)).toThrow(OpsError)
  expect(() => liveKeymap(() => config)).toThrow(/keys\/qit: .*did you mean quit\? \(line 3, column 13\)/)
})

test('a change that cannot be leaves the keys before in force, and says so until it is right', () => {
  let config = written('{sort: b}')
  const keymap = liveKeymap(() => config)
  expect(keymap()).toEqual({keys: {sort: ['b']}, hotkeys: []})
  config = written('{sort: r}')
  expect(keymap()).toMatchObject({keys: {sort: ['b']}, refused: expect.stringContaining('r is runbooks already')})
  config = written('{sort: z}')
  expect(keymap()).toEqual({keys: {sort: ['z']}, hotkeys: []})
})
