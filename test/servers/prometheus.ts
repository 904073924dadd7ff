import type {ChildProcess} from 'node:child_process'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {expect, vi} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'

export interface TestPrometheus {
  readonly url: string
  /** What it answers to an expression at this moment. */
  query(expression: string): Promise<readonly PrometheusSeries[]>
  /** `data` of a path below `/api/v1`. */
  ask(path: string): Promise<unknown>
  /** As if by `kill -9`. */
  kill(): Promise<void>
  /** Again, with what it kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

export interface PrometheusOptions {
  /** The job `opsconsole`: what is scraped, `HOST:PORT` each. */
  readonly targets: readonly string[]
  readonly ruleFiles?: readonly string[]
  /** Where it sends its alerts, `HOST:PORT` each. */
  readonly alertmanagers?: readonly string[]
}

/** A real Prometheus (Debian's, 2.42) that scrapes and evaluates once a second. */
export async function startPrometheus({
  targets,
  ruleFiles = [],
  alertmanagers = [],
}: PrometheusOptions): Promise<TestPrometheus> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-prometheus-'))
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  // JSON is YAML.
  const config = {
    global: {scrape_interval: '1s', evaluation_interval: '1s'},
    rule_files: ruleFiles,
    alerting: {alertmanagers: [{static_configs: [{targets: alertmanagers}]}]},
    scrape_configs: [{job_name: 'opsconsole', static_configs: [{targets}]}],
  }
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
      '/usr/bin/prometheus',
      [
        `--config.file=${path.join(dir, 'config.yml')}`,
        `--storage.tsdb.path=${path.join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      {cwd: dir, stdio: 'ignore'},
    )
    await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), {
      timeout: 60_000,
      interval: 100,
    })
  }
  const ask = async (asked: string): Promise<unknown> => {
    const answer = (await (await fetch(`${url}/api/v1/${asked}`)).json()) as {status: string; data: unknown}
    expect(answer, asked).toMatchObject({status: 'success'})
    return answer.data
  }
  await start()
  return {
    url,
    ask,
    query: async expression => {
      const {result} = (await ask(`query?query=${encodeURIComponent(expression)}`)) as {result: PrometheusSeries[]}
      return result
    },
    kill,
    start,
    async stop() {
      await kill()
      rmSync(dir, {recursive: true, force: true})
    },
  }
}
