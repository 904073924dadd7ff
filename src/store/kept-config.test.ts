import {chmodSync, mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {openTrust} from '../trust/trust.ts'
import {keepConfig, readKeptConfig} from './kept-config.ts'

const stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-kept-'))
const file = path.join(stateDir, 'config-in-force.json')
const KEPT = {file: '/etc/opsconsole/opsconsole.yaml', writtenAt: 1_795_000_000_000, text: 'environments: []\n'}
afterAll(() => rmSync(stateDir, {recursive: true}))

test('the copy is read back, and only its owner may read it', () => {
  keepConfig(stateDir, KEPT)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readKeptConfig(stateDir, openTrust({}))).toEqual(KEPT)
})

test('it names programs to run, so one that somebody else may have written is not read', () => {
  keepConfig(stateDir, KEPT)
  chmodSync(file, 0o666)
  expect(readKeptConfig(stateDir, openTrust({}))).toBeUndefined()
  expect(readKeptConfig(stateDir, openTrust({OPSCONSOLE_TRUSTED_DIRS: stateDir}))).toEqual(KEPT)
})
