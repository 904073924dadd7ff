import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {createProgram} from '../program/program.ts'

const FORMER = `# Our shop
environments: [{name: dev}]
alerts:
  failures: 2 # two are enough
  cooldown: 5m
policy: {runbooks: [mine]}
`

const program = createProgram({config: FORMER})
afterAll(() => program.remove())
const file = path.join(program.dir, 'opsconsole.yaml')

test('a configuration with keys of before is refused by their new names, and rewritten when asked to', async () => {
  const refused = await program.run('services')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('alerts/failures: is called failureThreshold now; `opsconsole doctor --fix-config`')
  expect(refused.stderr).toContain('policy/runbooks: is called runbookDirectories now')

  expect((await program.run('doctor', '--fix-config', '--read-only')).code).toBe(7)
  expect(readFileSync(file, 'utf8')).toBe(FORMER)

  const fixed = await program.run('doctor', '--fix-config')
  expect(fixed.stdout).toContain('alerts/failures is now failureThreshold')
  expect(readFileSync(file, 'utf8')).toBe(
    FORMER.replace('failures:', 'failureThreshold:')
      .replace('cooldown:', 'groupInterval:')
      .replace('runbooks:', 'runbookDirectories:'),
  )
  expect(readFileSync(`${file}.before-fix`, 'utf8')).toBe(FORMER)
  expect((await program.run('services')).stderr).toBe('')
  const {stdout} = await program.run('audit', 'list', '--json')
  expect(stdout).toContain('configuration fixed')
})

test('a key under both names is left to a person', async () => {
  const both = 'environments: [{name: dev}]\nalerts: {failures: 2, failureThreshold: 3}\n'
  writeFileSync(file, both)
  const {code, stderr} = await program.run('doctor', '--fix-config')
  expect(code).toBe(2)
  expect(stderr).toContain('alerts/failures is called failureThreshold now, and both are there')
  expect(readFileSync(file, 'utf8')).toBe(both)
})
