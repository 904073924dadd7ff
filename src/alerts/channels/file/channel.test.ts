import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import {openFileChannel} from './channel.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-file-channel-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

const config = alertsSchema.parse({})
const rehearse = (file: string) =>
  rehearseAlert([openFileChannel({type: 'file', name: 'log', path: file, severities: []})], config, 'prod', systemClock)

test('a file gets one JSON line for each notification, readable by its owner only', async () => {
  const file = path.join(dir, 'alerts.jsonl')
  for (let round = 0; round < 2; round += 1)
    expect(await rehearse(file)).toMatchObject([{channel: 'log', delivered: true}])
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    version: 1,
    rule: 'down',
    state: 'firing',
    test: true,
    environment: 'prod',
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file that cannot be written is a failed delivery with the reason', async () => {
  expect(await rehearse(path.join(dir, 'missing', 'x'))).toMatchObject([
    {delivered: false, outcome: expect.stringMatching(/^failed: .*ENOENT/)},
  ])
})
