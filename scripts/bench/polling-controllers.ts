import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {freePorts} from '../../src/lab/ports.ts'

/** As the usual examples are configured: scrape 15 s, rate over 1 m, asked every 5 s, at most 5 % of errors. */
export const SCRAPE_MS = 15_000
export const WINDOW_MS = 60_000
const ASK_MS = 5_000
const LIMIT = 0.05

/** Controllers that poll a real Prometheus each. They scrape at different moments, so that one fault meets each at another one. */
export interface PollingControllers {
  /** When each saw that the canary is bad, on the clock of `performance.now()`; `seen` is called at each of these moments. */
  verdicts(signal: AbortSignal, seen: () => void): Promise<readonly number[]>
  stop(): Promise<void>
}

export async function startPollingControllers(
  count: number,
  {program, target}: {readonly program: string; readonly target: string},
): Promise<PollingControllers> {
  const ports = await freePorts(count)
  const all: Prometheus[] = []
  for (const port of ports) all.push(await startPrometheus({program, target, port}))
  return {
    verdicts: (signal, seen) =>
      Promise.all(
        all.map(async prometheus => {
          await pause(Math.random() * ASK_MS, undefined, {signal})
          while (!((await prometheus.errorRate(signal)) >= LIMIT)) await pause(ASK_MS, undefined, {signal})
          seen()
          return performance.now()
        }),
      ),
    stop: async () => void (await Promise.all(all.map(one => one.stop()))),
  }
}

interface Prometheus {
  /** NaN: no data. */
  errorRate(signal: AbortSignal): Promise<number>
  stop(): Promise<void>
}

async function startPrometheus({
  program,
  target,
  port,
}: {
  readonly program: string
  readonly target: string
  readonly port: number
}): Promise<Prometheus> {
  const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
  const file = path.join(dir, 'prometheus.yml')
  const config = {
    // By its labels a Prometheus has its own moment to scrape at.
    global: {scrape_interval: `${SCRAPE_MS / 1000}s`, external_labels: {controller: String(port)}},
    scrape_configs: [{job_name: 'haproxy', static_configs: [{targets: [target]}]}],
  }
  writeFileSync(file, JSON.stringify(config))
  const server: ChildProcess = spawn(
    program,
    [`--config.file=${file}`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`],
    {stdio: 'ignore'},
  )
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + 60_000
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      ({ok}) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (performance.now() > deadline) throw new Error(`${program} is not ready after a minute`)
    await pause(200)
  }
  const sum = (more: string): string =>
    `sum(rate(haproxy_server_http_responses_total{proxy="app",server=~"green.*"${more}}[${WINDOW_MS / 1000}s]))`
  return {
    async errorRate(signal) {
      const query = encodeURIComponent(`${sum(',code="5xx"')} / ${sum('')}`)
      const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`, {signal})).json()) as {
        data: {result: {value: [number, string]}[]}
      }
      return Number(answer.data.result[0]?.value[1] ?? Number.NaN)
    },
    async stop() {
      const ended = once(server, 'exit')
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM')
        await ended
      }
      rmSync(dir, {recursive: true, force: true})
    },
  }
}
