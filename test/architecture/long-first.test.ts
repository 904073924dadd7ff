import {existsSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {LONG} from '../setup/long-first.ts'
import {ROOT} from './sources.ts'

test('the files that begin first are there, each once', () => {
  expect(LONG.filter((file, index) => !existsSync(path.join(ROOT, file)) || LONG.indexOf(file) !== index)).toEqual([])
})
