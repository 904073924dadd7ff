import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {openConsole} from './console-driver.ts'

const stateDir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-last-screen-'))
afterAll(() => rmSync(stateDir, {recursive: true, force: true}))

const directory = path.join(stateDir, `screens-${process.geteuid?.()}`)
const kept = (): readonly string[] => (existsSync(directory) ? readdirSync(directory) : [])

// Such a terminal is waited for, for seconds on a slow link: whoever closed it meanwhile found no picture at the next start.
test('on a terminal that gives no replies the last screen is kept before it is given back', async () => {
  let keptThen: readonly string[] = []
  const driver = openConsole({
    silent: true,
    lastScreen: {stateDir, config: '/etc/ops/opsconsole.yaml', asked: undefined},
    wrote: bytes => {
      if (bytes.includes('\x1b[?1049l')) keptThen = kept()
    },
  })
  await driver.see('PRODUCTION')
  expect(kept()).toEqual([])
  await driver.press('q')
  expect(await driver.ended).toMatchObject({ending: 'quit'})
  expect(keptThen).toEqual(['80x24.json'])
})
