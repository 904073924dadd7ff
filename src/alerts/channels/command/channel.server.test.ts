import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {probeTools} from '../../../../test/probe-tools.ts'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import {openChannels} from '../open-channels.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-command-channel-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

const rehearse = async (channel: Record<string, unknown>) => {
  const config = alertsSchema.parse({channels: [{name: 'c', ...channel}]})
  const opened = openChannels(config.channels, {...probeTools, fetch})
  const [result] = await rehearseAlert(opened, config, 'prod', systemClock)
  return result
}

test('a command gets the notification on standard input, without a shell, and its exit code decides', async () => {
  const file = path.join(dir, 'got; $(touch x).json')
  expect(await rehearse({type: 'command', command: ['tee', file]})).toMatchObject({outcome: 'delivered'})
  const {stdout} = await probeTools.exec(['cat', file])
  expect(JSON.parse(stdout)).toMatchObject({version: 1, test: true, state: 'firing'})
  const failing = await rehearse({type: 'command', command: ['sh', '-c', 'echo "no room" >&2; exit 3', 'arg-secret']})
  expect(failing?.outcome).toBe('failed: the command ended with exit code 3: no room')
  expect((await rehearse({type: 'command', command: ['no-such-program-at-all']}))?.outcome).toMatch(/^failed: /)
  expect((await rehearse({type: 'command', command: ['sleep', '60'], timeout: '200ms'}))?.outcome).toMatch(
    /^failed: .*200ms/,
  )
})
