import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {PART} from '../../src/backups/storage/resumed.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {formatBytes} from '../../src/units/bytes.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'

const WAIT_MS = 120_000
/** More than one part and less than two. */
const HELD_BYTES = PART + 1_000_000

let sshd: Sshd
let program: Program
let root: string
let id: string
beforeAll(async () => {
  sshd = await startSshd()
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-copies-'))
  holdBackWrites()
  const database = new DatabaseSync(path.join(root, 'live.db'))
  database.exec('CREATE TABLE words (raw BLOB)')
  for (let row = 0; row < 12; row += 1) database.exec('INSERT INTO words VALUES (randomblob(1000000))')
  database.close()
  const identity = await generateX25519Identity()
  writeFileSync(path.join(root, 'identity'), identity, {mode: 0o600})
  const place = (name: string) => ({
    name,
    offSite: true,
    storage: {
      type: 'ssh',
      host: '127.0.0.1',
      user: userInfo().username,
      port: sshd.port,
      path: path.join(root, name),
      identityFile: sshd.keyFile,
      knownHostsFile: sshd.knownHostsFile,
      connectTimeout: '60s',
    },
  })
  program = createProgram({
    config: JSON.stringify({
      project: 'shop',
      environments: [{name: 'dev'}],
      backups: [
        {
          name: 'words',
          method: 'sqlite',
          sqlite: {file: path.join(root, 'live.db')},
          storage: {type: 'dir', path: path.join(root, 'first')},
          copies: ['cut', 'killed', 'full'].map(place),
          encryption: {
            recipients: [await identityToRecipient(identity)],
            identity: {file: path.join(root, 'identity')},
          },
        },
      ],
    }),
  })
  const taken = await program.run('run', 'backup', '--yes')
  expect(taken.code, taken.stderr).toBe(0)
  const [entry] = await listed()
  id = entry?.id ?? ''
}, 240_000)
afterAll(async () => {
  rmSync(path.join(root, 'hold'), {force: true})
  program?.remove()
  await sshd.stop()
  rmSync(root, {recursive: true, force: true})
})

/**
 * Every session finds a `cat` that, while a file `hold` is there, passes so many bytes and says by a file `held` that it
 * has; then nothing more comes through until the session ends or `hold` is gone.
 */
function holdBackWrites(): void {
  const [bin, hold, held] = ['bin', 'hold', 'held'].map(name => path.join(root, name)) as [string, string, string]
  mkdirSync(bin)
  writeFileSync(
    path.join(bin, 'cat'),
    `#!/bin/sh
[ $# -eq 0 ] && [ -e '${hold}' ] || exec /bin/cat "$@"
head -c ${HELD_BYTES}
: >'${held}'
while [ -e '${hold}' ]; do sleep 0.1; done
exit 1
`,
  )
  writeFileSync(path.join(bin, 'session'), `#!/bin/sh\nPATH='${bin}':$PATH exec sh -c "$SSH_ORIGINAL_COMMAND"\n`)
  for (const name of ['cat', 'session']) chmodSync(path.join(bin, name), 0o755)
  const authorized = path.join(sshd.dir, 'authorized')
  writeFileSync(authorized, `command="${path.join(bin, 'session')}" ${readFileSync(authorized, 'utf8')}`)
}

const listed = async (): Promise<readonly {id: string; state: string}[]> => {
  const {stdout, stderr} = await program.run('backup', 'list', '--json')
  if (stdout === '') throw new Error(stderr)
  return (JSON.parse(stdout) as {entries: {id: string; state: string}[]}[]).flatMap(({entries}) => entries)
}
const dataFile = (place: string): string => path.join(root, place, 'dev/words', `${id}.sqlite.zst.age`)
const namesIn = (place: string): readonly string[] => {
  const folder = path.join(root, place, 'dev/words')
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

/** Starts copying there, and stops it when a part and a little more has arrived. */
async function copyingTo(place: string): Promise<{readonly run: string; readonly pid: number}> {
  writeFileSync(path.join(root, 'hold'), '')
  rmSync(path.join(root, 'held'), {force: true})
  const {stdout, stderr} = await program.run('run', 'copy-backup', '-p', `to=${place}`, '--yes', '--detach', '--json')
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  await until('a part to arrive', () => existsSync(path.join(root, 'held')), WAIT_MS)
  const [started] = readEvents(journalOf(run)).events
  return {run, pid: started?.type === 'run-started' ? started.process.pid : 0}
}
const journalOf = (run: string): string => path.join(program.stateDir, 'runs', run, 'journal')

/** Nothing there is a backup, and what is there is unfinished. */
function expectUnfinished(place: string): void {
  expect(namesIn(place).filter(name => !name.endsWith('.partial'))).toEqual([])
  expect(namesIn(place)).toHaveLength(1)
}

/** The copy is whole and read, and of its first part nothing was sent again. */
function expectTakenUp(place: string, ended: {readonly code: number | null; stdout: string; stderr: string}): void {
  const original = readFileSync(dataFile('first'))
  expect(ended.code, ended.stderr + ended.stdout).toBe(0)
  expect(ended.stdout).toContain(`${formatBytes(original.length - PART)} sent to ssh://`)
  expect(ended.stdout).toContain('has every good backup')
  expect(readFileSync(dataFile(place)).equals(original)).toBe(true)
  expect(namesIn(place).filter(name => name.includes('partial'))).toEqual([])
  expect(namesIn(place)).toContain(`${id}.verified.json`)
}

test('a copy whose connection is cut fails with its reason, and the next run goes on with it', {
  timeout: 300_000,
}, async () => {
  const {run} = await copyingTo('cut')
  sshd.dropSessions()
  const ended = await until('the run to end', () => readRunState(journalOf(run), run).outcome, WAIT_MS)
  rmSync(path.join(root, 'hold'))
  expect(ended).toBe('failed')
  const shown = await program.run('runs', 'show', run)
  expect(shown.stdout).toContain('the connection was cut')
  expectUnfinished('cut')
  expectTakenUp('cut', await program.run('run', 'copy-backup', '-p', 'to=cut', '--yes'))
})

test('a copy whose runner is killed is resumed as the same run, which goes on with it', {
  timeout: 300_000,
}, async () => {
  const {run, pid} = await copyingTo('killed')
  process.kill(pid, 'SIGKILL')
  await until(
    'the runner to be gone',
    async () => (JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as {lost: boolean}).lost,
    WAIT_MS,
  )
  rmSync(path.join(root, 'hold'))
  expectUnfinished('killed')
  expectTakenUp('killed', await program.run('runs', 'resume', run))
  expect(readRunState(journalOf(run), run).outcome).toBe('done')
})

test('a copy that finds no room there says so, and goes on when there is room', {timeout: 300_000}, async context => {
  const disk = path.join(root, 'full')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk]).status !== 0)
    context.skip('a tmpfs cannot be mounted here')
  try {
    const copy = () => program.run('run', 'copy-backup', '-p', 'to=full', '--yes')
    const ended = await copy()
    expect(ended.code).toBe(1)
    expect(ended.stdout + ended.stderr).toContain('no space left there')
    expectUnfinished('full')
    spawnSync('mount', ['-o', 'remount,size=64m', disk])
    expectTakenUp('full', await copy())
  } finally {
    spawnSync('umount', ['-l', disk])
  }
})
