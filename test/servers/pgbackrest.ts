import {randomBytes} from 'node:crypto'
import {chown, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {unprivileged} from '../../src/lab/accounts.ts'
import {type ExecResult} from '../../src/processes/exec.ts'
import {execProgram} from '../../src/processes/run.ts'
import {type PostgresServer, startPostgres} from './postgres.ts'
import {ownedDirectory, scratchDirectory} from './scratch.ts'

/** A PostgreSQL server whose log is archived by a real pgBackRest into an encrypted repository on this disk. */
export interface PgbackrestBench {
  readonly server: PostgresServer
  readonly dir: string
  readonly repository: string
  /** pgBackRest's configuration. */
  readonly config: string
  readonly stanza: string
  /** pgBackRest itself, as the account of the server. */
  run(...words: readonly string[]): Promise<ExecResult>
  /** Files of the repository whose path matches. */
  files(pattern: RegExp): Promise<readonly string[]>
  stop(): Promise<void>
}

const STANZA = 'main'

export async function startPgbackrest(settings: readonly string[] = []): Promise<PgbackrestBench> {
  const account = await unprivileged(['postgres', 'nobody'])
  const scratch = await scratchDirectory('pgbackrest')
  const home = await ownedDirectory(join(scratch.dir, 'pgbackrest'), account)
  for (const name of ['repo', 'log', 'spool', 'lock']) await ownedDirectory(join(home, name), account)
  const config = join(home, 'pgbackrest.conf')
  const write = async (file: string, text: string): Promise<void> => {
    await writeFile(file, text, {mode: 0o600})
    if (account !== undefined) await chown(file, account.uid, account.gid)
  }
  // The server must be there before its port is known, and archives from its first start on.
  await write(config, '')
  const server = await startPostgres([
    'archive_mode=on',
    `archive_command=pgbackrest --config=${config} --stanza=${STANZA} archive-push %p`,
    'wal_level=replica',
    'max_wal_senders=3',
    ...settings,
  ])
  await write(
    config,
    `[global]
repo1-path=${join(home, 'repo')}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${randomBytes(24).toString('base64')}
repo1-retention-full=2
repo1-bundle=y
compress-type=zst
start-fast=y
archive-timeout=20
log-path=${join(home, 'log')}
spool-path=${join(home, 'spool')}
lock-path=${join(home, 'lock')}

[global:restore]
job-retry=0

[${STANZA}]
pg1-path=${server.dir}
pg1-port=${server.port}
pg1-socket-path=${join(server.dir, '..')}
pg1-user=postgres
`,
  )
  const drop =
    account === undefined ? [] : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--']
  const run: PgbackrestBench['run'] = (...words) =>
    execProgram(
      [
        ...drop,
        'env',
        '-i',
        'PATH=/usr/bin:/bin',
        'LANG=C.UTF-8',
        'pgbackrest',
        `--config=${config}`,
        `--stanza=${STANZA}`,
        ...words,
      ],
      {cwd: home, timeoutMs: 120_000},
    )
  await run('stanza-create')
  const repository = join(home, 'repo')
  return {
    server,
    dir: home,
    repository,
    config,
    stanza: STANZA,
    run,
    async files(pattern) {
      const found = await readdir(repository, {recursive: true})
      return found
        .filter(name => pattern.test(name))
        .map(name => join(repository, name))
        .sort()
    },
    async stop() {
      await server.stop()
      await scratch.remove()
    },
  }
}

/** Another byte in the middle of a file, in place. */
export async function flipByte(file: string): Promise<void> {
  const bytes = await readFile(file)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 0xff
  await writeFile(file, bytes)
}
