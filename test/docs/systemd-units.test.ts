import {spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {findCommand} from '../../src/commands/registry.ts'
import {parseInvocation} from '../../src/commands/parse.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const UNITS = path.join(ROOT, 'packaging/systemd')
const NAMES = readdirSync(UNITS).sort()
const SERVICES = NAMES.filter(name => name.endsWith('.service'))
const PROGRAM = '/usr/local/bin/opsconsole'
const systemd = spawnSync('systemd-analyze', ['--version']).status === 0

let directory: string
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-units-'))
  // The program is looked for where the unit says: here it is in this checkout.
  for (const name of NAMES)
    writeFileSync(
      path.join(directory, name),
      readFileSync(path.join(UNITS, name), 'utf8').replaceAll(PROGRAM, path.join(ROOT, 'bin/opsconsole')),
    )
})
afterAll(() => rmSync(directory, {recursive: true, force: true}))

test.each(SERVICES)('%s starts a command that there is, with flags that it takes', async name => {
  const start = /^ExecStart=(.*)$/m.exec(readFileSync(path.join(UNITS, name), 'utf8'))?.[1] ?? ''
  const [program, ...words] = start
    .replaceAll(/"[^"]*"/g, 'reason')
    .split(' ')
    .filter(word => !word.startsWith('$'))
  expect(program).toBe(PROGRAM)
  expect(findCommand(words)).toBeDefined()
  await expect(parseInvocation(words)).resolves.toBeDefined()
})

describe.runIf(systemd)('systemd itself', () => {
  test('finds nothing wrong with the units', () => {
    const files = NAMES.map(name => path.join(directory, name))
    const checked = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], {encoding: 'utf8'})
    // It also speaks of other units of the machine that it looks at on the way; those are not ours.
    const ours = checked.stderr.split('\n').filter(line => NAMES.some(name => line.includes(name)))
    expect({code: checked.status, ours}).toEqual({code: 0, ours: []})
  })

  test.each(SERVICES)('%s is exposed by no more than 2.0 of 10', name => {
    const args = ['security', '--no-pager', '--offline=true', '--threshold=20', path.join(directory, name)]
    const {status, stdout} = spawnSync('systemd-analyze', args, {encoding: 'utf8'})
    expect({status, exposure: /exposure level .*: ([\d.]+)/.exec(stdout)?.[1]}).toMatchObject({status: 0})
  })
})
