/**
 * What looking at a console costs, beside its peers: time to the first picture, bytes a second while nothing is pressed,
 * CPU, memory, time and bytes from a key to its answer. All in one run, in terminals of two sizes: in each round they are
 * started one after the other, left alone all at once, and get their keys one after the other. A round takes two minutes. Ours alone (it probes), and beside an agent that probes; htop, btop and pg_activity where they are
 * installed (the last at a PostgreSQL started for it); bare Ink with six panes and a table that changes each second.
 * With --starts only the time to the full picture, of so many starts of each, alternately: a round has but one, and they vary;
 * and the time in which the same Node writes one byte, of which the first byte of ours may take 1.8 times.
 * The picture of the last start, dimmed and `reconnecting`, is the first byte and never the full picture.
 * usage: node scripts/bench/console.ts [--rounds N] [--seconds N] [--starts N] [--json]
 */
import {type ChildProcess, spawn as spawnChild, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {loadavg, tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {startPostgres} from '../../test/servers/postgres.ts'
import {bareInk} from './bare-ink.ts'
import {median, openWatched, type Watched, type WatchedConsole} from './watch-console.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const SERVICES = 12
const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '3'},
    seconds: {type: 'string', default: '12'},
    starts: {type: 'string', default: '0'},
    json: {type: 'boolean', default: false},
  },
})
/** What a start does beside its picture is over by then, and V8 has compiled most of what is called each second. */
const SETTLE_MS = 10_000
const SIZES = [
  [120, 40],
  [200, 60],
] as const

interface Contender {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  /** A text that is on the screen when all of it is. */
  readonly complete: RegExp
  readonly early?: boolean
  readonly agent?: boolean
}

/** The least that a program in Node can take to its first byte. */
const ONE_BYTE: Contender = {
  name: 'Node, one byte',
  argv: [process.execPath, '-e', "process.stdout.write('x'); process.stdin.once('data', () => process.exit())"],
  complete: /x/,
}

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
const server = createServer((_request, response) => response.end('ok'))
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const postgres = installed('pg_activity') ? await startPostgres() : undefined
try {
  const {port} = server.address() as AddressInfo
  const contenders: readonly Contender[] = [
    ours('alone', port),
    ours('beside an agent', port),
    ...peers(),
    bareInk(dir, ROOT),
  ]
  if (Number(values.starts) > 0) await watchStarts(contenders)
  const results: (Watched & {readonly name: string; readonly size: string})[] = []
  // The first round fills caches, and leaves a picture for the next start; it is not counted.
  for (let round = 0; Number(values.starts) === 0 && round <= Number(values.rounds); round += 1) {
    for (const [columns, rows] of SIZES) {
      const watched = await watchAll(contenders, {columns, rows, seconds: round === 0 ? 1 : Number(values.seconds)})
      if (round > 0) results.push(...watched.map(each => ({...each, size: `${columns}×${rows}`})))
    }
  }
  if (results.length > 0) report(results)
} finally {
  server.close()
  await postgres?.stop()
  rmSync(dir, {recursive: true, force: true})
}

interface Look {
  readonly columns: number
  readonly rows: number
  readonly seconds: number
}

/** Every contender in a terminal of one size. */
async function watchAll(
  contenders: readonly Contender[],
  {columns, rows, seconds}: Look,
): Promise<readonly (Watched & {readonly name: string})[]> {
  const agents: ChildProcess[] = []
  const open: {readonly name: string; readonly watched: WatchedConsole}[] = []
  for (const each of contenders) {
    if (each.agent) agents.push(await startAgent(each))
    open.push({name: each.name, watched: await openWatched({...each, columns, rows, cwd: dir})})
  }
  await pause(SETTLE_MS)
  const living = open.filter(({name, watched}) => {
    if (!watched.lives()) console.error(`${name} ended by itself: left out`)
    return watched.lives()
  })
  const rests = living.map(({watched}) => watched.rest())
  await pause(seconds * 1000)
  const rested = rests.map(end => end())
  const results: (Watched & {readonly name: string})[] = []
  for (const [index, {name, watched}] of living.entries()) {
    const rest = rested[index]
    if (rest) results.push({name, ...watched.shown, ...rest, ...(await watched.keys())})
    await watched.stop()
  }
  await Promise.all(agents.map(stopAgent))
  return results
}

/** Starts of every contender, one after the other and again. The first of each is not counted. */
async function watchStarts(all: readonly Contender[]): Promise<void> {
  const contenders = [...all, ONE_BYTE]
  const agents = await Promise.all(contenders.filter(({agent}) => agent).map(startAgent))
  const [columns, rows] = SIZES[0]
  const took = contenders.map((): WatchedConsole['shown'][] => [])
  for (let at = 0; at <= Number(values.starts); at += 1) {
    for (const [index, each] of contenders.entries()) {
      const watched = await openWatched({...each, columns, rows, cwd: dir})
      if (at > 0) took[index]?.push(watched.shown)
      await watched.stop()
    }
  }
  await Promise.all(agents.map(stopAgent))
  const keys = ['firstByteMs', 'fullMs', 'fullCpuMs'] as const
  const of = (index: number, key: (typeof keys)[number]): number => median((took[index] ?? []).map(each => each[key]))
  if (values.json) return console.log(JSON.stringify({load: loadavg(), names: contenders.map(({name}) => name), took}))
  console.log(
    `medians of ${values.starts} starts; load ${loadavg()
      .map(each => each.toFixed(1))
      .join(' ')}`,
  )
  for (const [index, {name}] of contenders.entries()) {
    const [first = 0, full = 0, cpu = 0] = keys.map(key => of(index, key))
    console.log(
      `${name}: first byte ${first.toFixed(0)} ms, full ${full.toFixed(0)} ms, CPU until then ${cpu.toFixed(0)} ms`,
    )
    if (!name.startsWith('opsconsole')) continue
    const ratios = all.flatMap((other, at) =>
      other.name.startsWith('opsconsole') ? [] : [`${(full / of(at, 'fullMs')).toFixed(2)} × ${other.name}`],
    )
    const least = of(contenders.indexOf(ONE_BYTE), 'firstByteMs')
    console.log(`  full: ${ratios.join(', ')}; first byte: ${(first / least).toFixed(2)} × ${ONE_BYTE.name}`)
  }
}

async function stopAgent(agent: ChildProcess): Promise<void> {
  const ended = new Promise(resolve => agent.once('exit', resolve))
  agent.kill('SIGTERM')
  await Promise.race([ended, pause(5000)])
}

function ours(how: 'alone' | 'beside an agent', port: number): Contender {
  const home = path.join(dir, how.replaceAll(' ', '-'))
  mkdirSync(home)
  const services = Array.from(
    {length: SERVICES},
    (_, index) => `  - {name: service-${index}, probe: {type: http, url: 'http://127.0.0.1:${port}/'}, interval: 2s}\n`,
  )
  const config = path.join(home, 'opsconsole.yaml')
  writeFileSync(config, `project: bench\nenvironments: [{name: bench}]\nservices:\n${services.join('')}`)
  return {
    name: `opsconsole ${how}`,
    argv: [path.join(ROOT, 'bin/opsconsole'), '--config', config],
    env: {HOME: home, OPSCONSOLE_NODE: process.execPath, OPSCONSOLE_STATE_DIR: path.join(home, 'state')},
    // All twelve stand on it, and who watches.
    complete: /^(?=[^]*service-11)[^]*(monitoring|monitored by agent)/,
    early: true,
    agent: how !== 'alone',
  }
}

function peers(): readonly Contender[] {
  const all: readonly Contender[] = [
    {name: 'htop', argv: ['htop', '-d', '20'], complete: /F10/},
    {name: 'btop', argv: ['btop', '-p', '0'], complete: /cpu/},
    {
      name: 'pg_activity',
      argv: ['pg_activity', '-h', '127.0.0.1', '-p', String(postgres?.port), '-U', 'postgres'],
      complete: /F1\/1/,
    },
  ]
  return all.filter(({argv}) => installed(argv[0]))
}

function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

async function startAgent({env}: Contender): Promise<ChildProcess> {
  const home = env?.['HOME'] ?? dir
  const config = path.join(home, 'opsconsole.yaml')
  const args = [path.join(ROOT, 'dist/cli.mjs'), 'agent', '--listen', '127.0.0.1:0', '--config', config]
  const child = spawnChild(process.execPath, args, {
    cwd: home,
    env: {PATH: process.env['PATH'], ...env},
    stdio: 'ignore',
  })
  await pause(3000)
  if (child.exitCode !== null) throw new Error('the agent ended by itself: nothing would be beside an agent')
  return child
}

function report(results: readonly (Watched & {readonly name: string; readonly size: string})[]): void {
  const keys = [
    'firstByteMs',
    'fullMs',
    'bytesPerSecond',
    'cpu',
    'rssMb',
    'keyMs',
    'keyP99Ms',
    'keyBytes',
    'heldCpu',
  ] as const
  const groups = [...new Set(results.map(({name, size}) => `${name}\t${size}`))].map(group => {
    const own = results.filter(({name, size}) => `${name}\t${size}` === group)
    const [name = '', size = ''] = group.split('\t')
    return {name, size, of: (key: keyof Watched) => median(own.map(each => each[key]))}
  })
  const load = loadavg().map(each => Number(each.toFixed(1)))
  if (values.json) return console.log(JSON.stringify({load, results}))
  console.log(`medians of ${values.rounds} rounds; load ${load.join(' ')}`)
  const titles = [
    'program',
    'size',
    'first byte',
    'full ms',
    'bytes/s',
    'CPU %',
    'MB',
    'key ms',
    'p99',
    'bytes a key',
    'held CPU %',
  ]
  const rows = groups.map(each => [
    each.name,
    each.size,
    ...keys.map(key => each.of(key).toFixed(key === 'keyMs' || key === 'cpu' ? 1 : 0)),
  ])
  for (const row of [titles, ...rows]) console.log(`| ${row.join(' | ')} |`)
  for (const peer of groups.filter(({name}) => !name.startsWith('opsconsole'))) {
    for (const own of groups.filter(({name, size}) => name.startsWith('opsconsole') && size === peer.size)) {
      const ratios = keys.map(key => `${key} ${(own.of(key) / peer.of(key)).toFixed(2)}`)
      console.log(`${own.name} / ${peer.name}, ${own.size}: ${ratios.join(', ')}`)
    }
  }
}
