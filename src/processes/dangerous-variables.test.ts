import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {isTest, readSources} from '../../test/architecture/sources.ts'
import {DANGEROUS, HARMLESS} from './dangerous-variables.ts'
import {childEnvironment, ownVariables} from './environment.ts'

const listed = Object.values(DANGEROUS).flat()

test.each(listed)('%s reaches no child', name => {
  const names = name.endsWith('*') ? [name.slice(0, -1), `${name.slice(0, -1)}X`] : [name]
  for (const each of names) expect(childEnvironment({[each]: 'x'})).toEqual({})
})

const KEPT =
  'PATH HOME LANG LC_ALL TERM TMPDIR TZ USER ENVIRONMENT PGHOST PGPASSFILE SSH_AUTH_SOCK KUBECONFIG AWS_PROFILE JAVA_HOME NODE_ENV PYTHONUNBUFFERED HTTPS_PROXY CI'
test.each([...HARMLESS, ...KEPT.split(' ')])('%s reaches a child', name => {
  expect(childEnvironment({[name]: 'x'})).toEqual({[name]: 'x'})
})

test('what the author of a command adds is added as it is', () => {
  expect(childEnvironment({GIT_SSH_COMMAND: 'theirs'}, {GIT_SSH_COMMAND: 'ours'})).toEqual({GIT_SSH_COMMAND: 'ours'})
})

test('another process of this program trusts the same authorities, and gets nothing else', () => {
  expect(ownVariables({NODE_EXTRA_CA_CERTS: 'ca.pem', NODE_OPTIONS: '--inspect'})).toEqual({
    NODE_EXTRA_CA_CERTS: 'ca.pem',
  })
  expect(ownVariables({})).toEqual({})
})

test('every file that starts a program takes its environment from here', () => {
  const starting = readSources('src').filter(
    ({file, text}) =>
      !isTest(file) &&
      /from 'node:child_process'|import\('execa'\)/.test(text) &&
      !/^import type .*child_process/m.test(text),
  )
  expect(starting.length).toBeGreaterThan(2)
  for (const {file, text} of starting) expect([file, /env: childEnvironment\(/.test(text)]).toEqual([file, true])
})

test('the documentation has the whole list', () => {
  const text = readFileSync('docs/security.md', 'utf8')
  for (const name of listed) expect(text).toContain(`\`${name}\``)
})
