import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {plainTools} from '../../../test/servers/ops-tools.ts'
import {forgetfulRecords} from '../../kinds/records.ts'
import {releaseSchema} from '../config.ts'
import {loadReleaseOps} from '../ops.ts'

const createReleaseOps = await loadReleaseOps()
const app = createServer((_request, response) => response.end('{"version":"1.0.0"}'))
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-shares-'))
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  const tool = `#!/bin/sh
case $1 in
  set) printf '{"servers":[{"name":"blue1","placement":"serving","weight":%s},{"name":"blue2","placement":"serving","weight":%s},{"name":"green1","placement":"off"}]}' $2 $3 > "${directory}/now";;
  *) cat "${directory}/now";;
esac
`
  writeFileSync(path.join(directory, 'tool'), tool)
  chmodSync(path.join(directory, 'tool'), 0o755)
  writeFileSync(
    path.join(directory, 'now'),
    '{"servers":[{"name":"blue1","placement":"serving","weight":100},{"name":"blue2","placement":"serving","weight":100},{"name":"green1","placement":"off"}]}',
  )
})
afterAll(async () => {
  app.closeAllConnections()
  await new Promise(resolve => app.close(resolve))
  rmSync(directory, {recursive: true, force: true})
})

test('where all shares are set by one call, a control is planned, put on, and taken off by a process that saw nothing of it', async () => {
  const {port} = app.address() as AddressInfo
  const tool = path.join(directory, 'tool')
  const instance = (name: string) => ({name, url: `http://127.0.0.1:${port}`})
  const config = releaseSchema.parse({
    name: 'web',
    traffic: {
      type: 'command',
      state: [tool, 'state'],
      move: [tool, 'set', '{weight:blue1}', '{weight:blue2}'],
      weights: true,
    },
    instances: {type: 'command', deploy: ['true'], stop: ['true']},
    slots: [
      {name: 'blue', instances: [instance('blue1'), instance('blue2')]},
      {name: 'green', instances: [instance('green1')]},
    ],
  })
  const records = forgetfulRecords()
  const open = () => createReleaseOps(config, plainTools({records, agentWatches: () => true}), '/etc/opsconsole.yaml')
  const plan = await open().planControl({control: 'weigh', server: 'blue1', percent: 10, for: '5m'})
  expect(plan.command).toBe(`${tool} set 10 100`)
  const first = open()
  await first.planControl({control: 'weigh', server: 'blue1', percent: 10, for: '5m'})
  await first.putOnControl(plan.control, Date.now() + 300_000)
  expect(readFileSync(path.join(directory, 'now'), 'utf8')).toContain('"weight":10}')
  expect(await open().controlNamed('weigh:blue1')).toMatchObject({command: `${tool} set 100 100`})
  await open().takeOffControl('weigh:blue1')
  expect(readFileSync(path.join(directory, 'now'), 'utf8')).not.toContain('"weight":10}')
})
