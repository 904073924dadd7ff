import {expect, test} from 'vitest'
import type {Exec} from '../../../processes/exec.ts'
import {checkKubectl} from './doctor.ts'

const version = (minor: string) => ({major: '1', minor, gitVersion: `v1.${minor}.4`})
const check = (printed: string | object) => {
  const stdout = typeof printed === 'string' ? printed : JSON.stringify(printed)
  const exec: Exec = async () => ({exitCode: 0, stdout, stderr: '', durationMs: 0})
  const spec = {kubectl: ['kubectl'], context: 'production', namespace: 'shop'}
  return checkKubectl(spec, {name: 'kubectl', exec, signal: new AbortController().signal, timeoutMs: 1000})
}

test.each([
  ['the same', '32', '32', 'ok'],
  ['one newer', '33', '32', 'ok'],
  ['one older than a managed one', '30', '31+', 'ok'],
  ['two older', '29', '31', 'warning'],
  ['five newer', '34', '29', 'warning'],
])('a kubectl of a version that is %s', async (_what, client, server, status) => {
  expect(await check({clientVersion: version(client), serverVersion: version(server)})).toMatchObject({
    status,
    detail: expect.stringContaining(`kubectl v1.${client}.4, cluster v1.${server}.4 in context production`) as string,
  })
})

test('what is not said is not guessed', async () => {
  expect(await check({clientVersion: version('32')})).toMatchObject({status: 'skipped'})
  for (const text of ['', 'Client Version: v1.10', 'null', '{}'])
    expect(await check(text)).toMatchObject({status: 'skipped'})
})
