import {join} from 'node:path'
import {Client} from 'pg'
import type {Account} from '../../src/lab/accounts.ts'
import {lastLines, spawnDaemon, stopProcess} from '../../src/lab/daemon.ts'
import {waitFor} from '../../src/lab/wait.ts'

/** A server that speaks PostgreSQL's protocol, and the directory that goes with it when it stops. */
export interface Answering {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly account: Account | undefined
  readonly scratch: {readonly dir: string; remove(): Promise<void>}
  /** A database of it that lets everybody in. */
  readonly url: string
  /** Answers with one row as soon as the server is what it should be. */
  readonly ready?: string
}

/** Starts it and waits until it answers; what it wrote is in the error when it does not. */
export async function startAnswering({name, argv, home, env, account, scratch, url, ready = 'select 1'}: Answering) {
  const log = join(scratch.dir, 'server.log')
  const pidFile = join(scratch.dir, 'pid')
  const identity = await spawnDaemon({argv, cwd: home, env, account, log, pidFile})
  const stop = async (): Promise<void> => {
    await stopProcess(identity, {graceMs: 10_000, signal: 'SIGINT'})
    await scratch.remove()
  }
  if (!(await waitFor(() => answers(url, ready), {timeoutMs: 30_000}))) {
    const tail = await lastLines(log, 10)
    await stop()
    throw new Error(`${name} did not start: ${tail.join(' | ')}`)
  }
  return {pid: identity.pid, stop}
}

async function answers(url: string, ready: string): Promise<boolean> {
  const client = new Client({connectionString: url, connectionTimeoutMillis: 2000})
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(ready)).rowCount === 1
  } finally {
    await client.end().catch(() => {})
  }
}
