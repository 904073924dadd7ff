import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {unprivileged} from './accounts.ts'
import type {Account} from './accounts.ts'
import {defaultEntries} from './entries.ts'
import {canRead, chooseHome, ownedDirectory} from './home.ts'
import {nodeArguments} from './parts/node.ts'
import {freePorts} from './ports.ts'
import {instanceProgram} from './plan.ts'
import type {LabEntries, LabPlan} from './plan.ts'
import {findPostgresBin, findProgram, installHint} from './programs.ts'

export interface PlanOptions {
  readonly dir: string
  /** Requests a second from the start; 20 when left out. */
  readonly rps?: number
  /** Where our own programs are; found when left out. */
  readonly entries?: LabEntries
}

/** Decides everything; makes only the directories. Raises `lab/tool-missing`. */
export async function planLab(options: PlanOptions, now: number): Promise<LabPlan> {
  const dir = resolve(options.dir)
  const entries = options.entries ?? defaultEntries()
  const pgbouncer = await findProgram('pgbouncer').catch(() => undefined)
  const programs = {
    postgresBin: await findPostgresBin(),
    redis: await findProgram('redis-server'),
    haproxy: await findProgram('haproxy'),
    node: process.execPath,
    ...(pgbouncer === undefined ? {} : {pgbouncer}),
  }
  const nobody = await unprivileged(['nobody'])
  const daemons = {
    postgres: await unprivileged(['postgres', 'nobody']),
    redis: await unprivileged(['redis', 'nobody']),
    haproxy: await unprivileged(['haproxy', 'nobody']),
  }
  const readable = (await canRead(programs.node, nobody)) && (await canRead(entries.app, nobody))
  const accounts = {...daemons, app: readable ? nobody : undefined}
  await mkdir(dir, {recursive: true})
  const home = await chooseHome(dir, Object.values(daemons))
  const ports = await freePorts(12)
  const [web = 0, stats = 0, redis = 0, postgres = 0, load = 0, replica = 0, redisReplica = 0, pooler = 0] = ports
  const apps = ports.slice(8)
  const names = [
    ['blue-1', 'blue'],
    ['blue-2', 'blue'],
    ['green-1', 'green'],
    ['green-2', 'green'],
  ] as const
  return {
    format: 1,
    dir,
    home,
    createdAt: now,
    ports: {
      web,
      stats,
      redis,
      postgres,
      load,
      replica,
      redisReplica,
      ...(pgbouncer === undefined ? {} : {pooler}),
    },
    instances: names.map(([name, slot], index) => ({name, slot, port: apps[index] ?? 0})),
    programs,
    entries,
    accounts,
    rps: options.rps ?? 20,
    notes: notesOf({dir, home, nobody, readable, pooler: pgbouncer !== undefined}),
  }
}

function notesOf(facts: {
  dir: string
  home: string
  nobody: Account | undefined
  readable: boolean
  pooler: boolean
}): string[] {
  const notes: string[] = []
  if (!facts.pooler)
    notes.push(`There is no pooler in this lab: pgbouncer is not installed. ${installHint('pgbouncer')}`)
  if (facts.home !== facts.dir)
    notes.push(
      `Data and sockets are in ${facts.home}: other accounts cannot reach ${facts.dir}, or its path is too long for sockets.`,
    )
  if (!facts.readable)
    notes.push('The application and the load generator run as root: the account nobody cannot read this program.')
  return notes
}

/** Directories with their owners, and the program that the configuration calls to deploy an instance. */
export async function makeDirectories(plan: LabPlan): Promise<void> {
  for (const name of ['log', 'run']) await ownedDirectory(join(plan.dir, name), undefined, 0o755)
  await ownedDirectory(join(plan.home, 'app'), plan.accounts.app)
  await ownedDirectory(join(plan.dir, 'backups'), undefined)
  await mkdir(join(plan.dir, 'bin'), {recursive: true})
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const words = [plan.programs.node, ...nodeArguments(plan.entries.instance), plan.dir].map(quote).join(' ')
  await writeFile(instanceProgram(plan), `#!/bin/sh\nexec ${words} "$@"\n`)
  await chmod(instanceProgram(plan), 0o755)
}
