import {chmodSync, chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {orphanedScratch} from './scratch.ts'

const SOMEBODY = 65_534

/** What a drill leaves that was killed, or what somebody put there who would have a program of theirs run. */
function left(change: (marker: string) => void = () => undefined): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-drill-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const marker = path.join(directory, 'opsconsole-drill.json')
  const server = {directory, binaries: '/nowhere', superuser: 'postgres'}
  writeFileSync(marker, JSON.stringify({run: 'r', owner: {pid: 1, startTicks: 1, bootId: 'gone'}, server}), {
    mode: 0o600,
  })
  change(marker)
  return directory
}

const found = async (): Promise<readonly string[]> => (await orphanedScratch()).map(({server}) => server.directory)

test('a scratch server that a drill of this account left is found', async () => {
  const directory = left()
  expect(await found()).toContain(directory)
})

test.each<[string, (marker: string) => void]>([
  [
    'that another account wrote',
    // Only root can give a file away; others can at least let everybody write it.
    marker => (process.geteuid?.() === 0 ? chownSync(marker, SOMEBODY, SOMEBODY) : chmodSync(marker, 0o666)),
  ],
  ['that everybody may write', marker => chmodSync(marker, 0o606)],
  ['that a group may write', marker => chmodSync(marker, 0o660)],
  ['that has a second name', marker => linkSync(marker, `${marker}-2`)],
  [
    'that is a link',
    marker => {
      linkSync(marker, `${marker}-2`)
      rmSync(marker)
      symlinkSync(`${marker}-2`, marker)
    },
  ],
  [
    'that is a directory',
    marker => {
      rmSync(marker)
      mkdirSync(marker)
    },
  ],
])('a marker %s is not believed: nothing of it is stopped, removed or run', async (_title, change) => {
  const directory = left(change)
  expect(await found()).not.toContain(directory)
})
