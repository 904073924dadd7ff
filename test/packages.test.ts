import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '..')
const SCRIPT = path.join(ROOT, 'scripts/packages.sh')
/** The only directory on PATH: no program of the tests is there, and nobody is root. */
let bin: string
beforeAll(() => {
  bin = mkdtempSync(path.join(tmpdir(), 'opsconsole-packages-'))
  writeFileSync(path.join(bin, 'id'), '#!/bin/sh\necho 1000\n', {mode: 0o755})
})
afterAll(() => rmSync(bin, {recursive: true, force: true}))

const packages = (purpose: 'lab' | 'test') =>
  spawnSync('/bin/sh', [SCRIPT, purpose], {env: {PATH: bin}, encoding: 'utf8'})

test('without its programs the lab does not begin, and they are named', () => {
  const {status, stderr} = packages('lab')
  expect({status, named: stderr.includes('redis-server')}, stderr).toEqual({status: 2, named: true})
})

test('the tests go on without a program, and those that will fail are named', () => {
  const {status, stderr} = packages('test')
  expect({status, named: stderr.includes('without tmux these fail: test/tui/flows.test.ts')}, stderr).toEqual({
    status: 0,
    named: true,
  })
})

test('of every package it is known which tests need it, and they are there', () => {
  const text = readFileSync(SCRIPT, 'utf8')
  const wanted = new Set([...text.matchAll(/\|\| need ([a-z][a-z0-9-]+)/g)].map(([, name]) => name))
  for (const [, names = ''] of text.matchAll(/\bfor one in ([a-z0-9 ]+); do has/g))
    for (const name of names.split(' ')) wanted.add(name)
  const table = new Map(
    [...text.matchAll(/^ {2}([a-z0-9| -]+)\) echo "(.+)"/gm)].flatMap(([, names = '', tests]) =>
      names.split(' | ').map(name => [name, tests] as const),
    ),
  )
  expect(new Set(table.keys())).toEqual(wanted)
  const named = [...table.values()].join(', ').match(/\b(?:src|test)\/[\w./-]+/g) ?? []
  expect(named.filter(file => !existsSync(path.join(ROOT, file)))).toEqual([])
})
