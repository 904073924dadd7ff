import type {ChildProcess} from 'node:child_process'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {expect, vi} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'

export interface TestAlertmanager {
  readonly url: string
  post(alerts: readonly PostedAlert[]): Promise<void>
  /** As if by `kill -9`. */
  kill(): Promise<void>
  /** Again, with what it kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly startsAt?: string
  readonly endsAt?: string
}

/** A real Alertmanager (Debian's prometheus-alertmanager, 0.25) that tells nobody, or posts all to a webhook at once. */
export async function startAlertmanager(webhook?: {
  readonly url: string
  readonly token: string
}): Promise<TestAlertmanager> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-alertmanager-'))
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const told =
    webhook === undefined
      ? {}
      : {webhook_configs: [{url: webhook.url, http_config: {authorization: {credentials: webhook.token}}}]}
  const config = {
    route: {receiver: 'told', group_by: ['...'], group_wait: '100ms', group_interval: '1s'},
    receivers: [{name: 'told', ...told}],
  }
  // JSON is YAML.
  writeFileSync(path.join(dir, 'config.yml'), JSON.stringify(config))
  let server: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }
  const start = async (): Promise<void> => {
    server = spawn(
      '/usr/bin/prometheus-alertmanager',
      [
        `--config.file=${path.join(dir, 'config.yml')}`,
        `--storage.path=${path.join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      {stdio: 'ignore'},
    )
    await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), {
      timeout: 60_000,
      interval: 100,
    })
  }
  await start()
  return {
    url,
    async post(alerts) {
      const headers = {'content-type': 'application/json'}
      const answer = await fetch(`${url}/api/v2/alerts`, {method: 'POST', headers, body: JSON.stringify(alerts)})
      expect(answer.status).toBe(200)
    },
    kill,
    start,
    async stop() {
      await kill()
      rmSync(dir, {recursive: true, force: true})
    },
  }
}
