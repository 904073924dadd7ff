import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {runbooksFingerprint} from './load.ts'
import {namedFiles} from './named-imports.ts'

let dir = ''
beforeAll(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'opsconsole-named-')))
  mkdirSync(path.join(dir, 'backups.js'))
  for (const name of ['lib.ts', 'rates.json', 'app.log']) writeFileSync(path.join(dir, name), '1\n')
  symlinkSync('lib.ts', path.join(dir, 'link.ts'))
})
afterAll(() => rmSync(dir, {recursive: true, force: true}))

test('names files that Node can load, each once and by its real name', () => {
  const source = "import './lib.ts?v=1'; import './link.ts'; const later = () => import('./rates.json')"
  expect(namedFiles(path.join(dir, 'a.ts'), source)).toEqual([path.join(dir, 'lib.ts'), path.join(dir, 'rates.json')])
})

test.each([
  ['a directory', 'title: "Copy from \'./backups.js\'"'],
  ['a directory without an ending', 'title: "Copy from \'/tmp\'"'],
  ['a device that never ends', "// fills it from '/dev/zero'"],
  ['a log that grows', "// reads from './app.log'"],
  ['a file that is not there', "import './none.ts'"],
  ['a file of another host', "// from 'file://other/x.ts'"],
])('leaves %s alone that a text names', (_, source) => {
  expect(namedFiles(path.join(dir, 'a.ts'), source)).toEqual([])
})

test('a runbook that names a directory is still seen to change', () => {
  const place = [{path: dir, shipped: false}]
  const write = (summary: string): string => {
    writeFileSync(path.join(dir, 'copy.ts'), `// from '/tmp'\n// ${summary}\n`)
    return runbooksFingerprint(place)
  }
  expect(write('one')).not.toBe(write('two'))
})
