import {spawn} from 'node:child_process'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {parse, stringify} from 'yaml'
import {startSshd} from '../../test/servers/sshd.ts'
import type {PtyProgram} from './pty.ts'
import type {InConsole, Shoot, Size} from './stage.ts'

export interface WatchStage {
  readonly sizes: readonly Size[]
  readonly inConsole: InConsole
  /** Standard output of a command of the program. */
  readonly ops: (...args: readonly string[]) => string
  readonly cli: string
  /** The lab's configuration. */
  readonly config: string
  readonly env: Readonly<Record<string, string>>
  readonly home: string
  readonly consent: readonly string[]
}

/** What an agent watches and starts beside the lab's own. */
const WATCHED = {
  schedules: [
    {name: 'catalogue', runbook: 'cache-invalidate', params: {event: 'CATALOGUE_IMPORTED'}, every: '1m'},
    {name: 'nightly-backup', runbook: 'backup', cron: '30 2 * * *', zone: 'Europe/Berlin'},
    {name: 'weekly-drill', runbook: 'dr-drill', cron: '0 4 * * sun', zone: 'UTC'},
  ].map(each => ({...each, environment: 'lab', yes: true, confirm: ['lab']})),
  heartbeats: [
    {name: 'invoices', environment: 'lab', cron: '0 4 * * *', zone: 'Europe/Berlin', grace: '30m'},
    {name: 'sitemap', environment: 'lab', every: '5s', grace: '5s', interval: '1s'},
    {name: 'thumbnails', environment: 'lab', every: '10m'},
  ],
} as const

const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'gone-4', 'worker-5', 'worker-6'] as const

/** Restarts that take as long as they say; one host is not there. */
const runbookOf = (sshConfig: string): string => `import {hosts, runbook} from 'opsconsole'; export default runbook({
  name: 'restart-workers',
  summary: 'Restart the workers, one first, then three at a time',
  danger: 'disruptive',
  plan: () =>
    hosts(
      {
        id: 'restart',
        title: 'Restart workers',
        why: 'The others go on working meanwhile',
        names: ${JSON.stringify(WORKERS)},
        first: 1,
        batch: 3,
        stopAfter: 1,
        ssh: {config: ${JSON.stringify(sshConfig)}},
      },
      async ({$, host}) => void (await $\`echo "worker.service stopped"; sleep \${host === 'worker-1' ? 1 : 12 + Number(host.slice(-1))}; echo "worker.service started"\`),
    ),
})
`

/** Schedules, heartbeats, an objective, the form of a silence, a batch of hosts and the plan of a restore. */
export async function takeWatches(stage: WatchStage): Promise<void> {
  const {sizes, inConsole, ops, cli, env, home} = stage
  const config = join(dirname(stage.config), 'watches.yaml')
  writeFileSync(config, stringify({...(parse(readFileSync(stage.config, 'utf8')) as object), ...WATCHED}), {
    mode: 0o600,
  })
  const sshd = await startSshd()
  mkdirSync(join(dirname(config), 'runbooks'), {recursive: true})
  writeFileSync(
    join(dirname(config), 'runbooks/restart-workers.ts'),
    runbookOf(sshd.configFor(...WORKERS.filter(name => name.startsWith('worker')))),
  )
  // Another agent of this host may have the usual port.
  const agent = spawn(process.execPath, [cli, 'agent', '--listen', '127.0.0.1:0', '--config', config, '--env', 'lab'], {
    cwd: home,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const agentEnded = new Promise<void>(resolve => agent.once('exit', () => resolve()))
  const report = (...args: readonly string[]): string => ops('heartbeat', ...args, '--config', config, '--env', 'lab')
  try {
    for (const job of ['invoices', 'sitemap', 'thumbnails']) report(job)
    report('thumbnails', '--start')
    report('thumbnails')
    for (const size of sizes) await inConsole(size, (seen, shoot) => takeWatched(seen, shoot), {config})
    for (const size of sizes) await inConsole(size, (seen, shoot) => takeHosts(seen, shoot), {config})
  } finally {
    agent.kill('SIGTERM')
    await agentEnded
    await sshd.stop()
  }
}

async function takeWatched(seen: PtyProgram, shoot: Shoot): Promise<void> {
  seen.press('9')
  await seen.see(/catalogue.*done/, 150_000)
  await shoot('schedules')
  seen.press('g')
  seen.press('h')
  await seen.see(/sitemap.*down/)
  await shoot('heartbeats')
  seen.press('2')
  await seen.see(/heartbeat sitemap/)
  seen.press('s')
  await seen.see('Silence')
  await seen.type('moved to the new host')
  await shoot('silence')
  seen.press('esc')
  await seen.gone('Silence this')
  seen.press('1')
  await seen.see('products')
  seen.press('i')
  await seen.see(/Objective|Latency/)
  for (let down = 0; down < 8; down += 1) seen.press('down')
  await shoot('objective')
  seen.press('0')
  await seen.see('Services')
  seen.press('r')
  await seen.see('type to find')
  await seen.type('restore')
  await seen.still()
  seen.press('enter')
  await seen.see('Show the plan')
  await shoot('restore-parameters')
  for (const key of ['up', 'enter']) {
    seen.press(key)
    await seen.still(100)
  }
  await seen.see('would change')
  await shoot('restore-plan')
}

async function takeHosts(seen: PtyProgram, shoot: Shoot): Promise<void> {
  seen.press('r')
  await seen.see('type to find')
  await seen.type('restart-w')
  await seen.still()
  seen.press('enter')
  await seen.see('would change')
  await shoot('hosts-plan')
  seen.press('s')
  await seen.see('Start restart-workers?')
  await seen.still()
  await seen.type('lab')
  seen.press('enter')
  await seen.see(/gone-4 failed/)
  await shoot('hosts')
  await seen.see(/exit \d/, 120_000)
  await shoot('hosts-done')
}
