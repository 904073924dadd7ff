import {spawnSync} from 'node:child_process'
import path from 'node:path'
import {expect, test} from 'vitest'
import {manPage} from '../../scripts/documents/man.ts'
import {allCommands} from '../../src/commands/registry.ts'

const FILE = path.resolve(import.meta.dirname, '../../man/opsconsole.1')

test('the page names every command that help shows', async () => {
  const commands = await allCommands()
  const page = manPage(commands, '1.2.3')
  for (const {name, hidden} of commands) {
    const heading = `.SS "${name.replaceAll('-', String.raw`\-`)}"`
    expect(page.includes(heading), name).toBe(hidden !== true)
  }
})

test('text that looks like a request or an escape is only text', async () => {
  const run = () => Promise.resolve({data: null, text: ''})
  const page = manPage([{name: 'x', summary: '.so /etc/passwd \\fBbold', help: "'quote … \n\n.de y", run}], '1')
  expect(page).toContain('\\&.so /etc/passwd \\efBbold.')
  expect(page).toContain("\\&'quote \\[u2026]")
  expect(page).toContain('\\&.de y')
})

test('mandoc finds nothing wrong with it', () => {
  const {error, status, stdout, stderr} = spawnSync('mandoc', ['-Tlint', '-Wstyle', FILE], {encoding: 'utf8'})
  expect({error, status, said: stdout + stderr}).toEqual({status: 0, said: ''})
})
