import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {fileMemory} from './memory.ts'

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'memory-'))
})
afterEach(() => rmSync(stateDir, {recursive: true, force: true}))

describe('what a run left', () => {
  test('is known to every later process, one file a target', () => {
    fileMemory(stateDir).write('release/production/web', {live: 'green'})
    expect(fileMemory(stateDir).read('release/production/web')).toEqual({live: 'green'})
    expect(fileMemory(stateDir).read('release/staging/web')).toBeUndefined()
    expect(readdirSync(path.join(stateDir, 'left'))).toEqual(['release%2Fproduction%2Fweb.json'])
  })

  test('is unknown when its file is damaged, instead of half believed', () => {
    const memory = fileMemory(stateDir)
    memory.write('release/production/web', {live: 'green'})
    writeFileSync(path.join(stateDir, 'left', 'release%2Fproduction%2Fweb.json'), '{"live": "gr')
    expect(memory.read('release/production/web')).toBeUndefined()
  })
})
