import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {messageOf} from '../errors.ts'
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
  /** With a Prometheus and an Alertmanager, where both are installed. */
  readonly prometheus?: boolean
}

/** Decides everything; makes only the directories. Raises `lab/tool-missing`. */
export async function planLab(options: PlanOptions, now: number): Promise<LabPlan> {
  const dir = resolve(options.dir)
  const entries = options.entries ?? defaultEntries()
  const pgbouncer = await findProgram('pgbouncer').catch(() => undefined)
  const prometheus = options.prometheus === true ? await findPrometheus() : undefined
  const programs = {
    postgresBin: await findPostgresBin(),
    redis: await findProgram('redis-server'),
    haproxy: await findProgram('haproxy'),
    node: process.execPath,
    ...(pgbouncer === undefined ? {} : {pgbouncer}),
    ...(typeof prometheus === 'object' ? prometheus : {}),
  }
  const nobody = await unprivileged(['nobody'])
  const daemons = {
    postgres: await unprivileged(['postgres', 'nobody']),
    redis: await unprivileged(['redis', 'nobody']),
    haproxy: await unprivileged(['haproxy', 'nobody']),
    prometheus: await unprivileged(['prometheus', 'nobody']),
  }
  const readable = (await canRead(programs.node, nobody)) && (await canRead(entries.app, nobody))
  const accounts = {...daemons, app: readable ? nobody : undefined}
  await mkdir(dir, {recursive: true})
  const home = await chooseHome(dir, Object.values(daemons))
  const ports = await freePorts(14)
  const [web = 0, stats = 0, redis = 0, postgres = 0, load = 0, replica = 0, redisReplica = 0, pooler = 0] = ports
  const [apps, [prometheusPort = 0, alertmanager = 0]] = [ports.slice(8, 12), ports.slice(12)]
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
      ...(typeof prometheus === 'object' ? {prometheus: prometheusPort, alertmanager} : {}),
    },
    instances: names.map(([name, slot], index) => ({name, slot, port: apps[index] ?? 0})),
    programs,
    entries,
    accounts,
    rps: options.rps ?? 20,
    notes: notesOf({dir, home, nobody, readable, missing: [pgbouncer === undefined ? NO_POOLER : '', prometheus]}),
  }
}

const NO_POOLER = `There is no pooler in this lab: pgbouncer is not installed. ${installHint('pgbouncer')}`

/** The programs, or why there are none. */
async function findPrometheus(): Promise<{readonly prometheus: string; readonly alertmanager: string} | string> {
  try {
    const prometheus = await findProgram('prometheus')
    const alertmanager = await findProgram('prometheus-alertmanager').catch(() => findProgram('alertmanager'))
    return {prometheus, alertmanager}
  } catch (error) {
    return `There is no Prometheus in this lab. ${messageOf(error)}. ${installHint('prometheus prometheus-alertmanager')}`
  }
}

function notesOf(facts: {
  dir: string
  home: string
  nobody: Account | undefined
  readable: boolean
  missing: readonly unknown[]
}): string[] {
  const notes = facts.missing.filter(note => typeof note === 'string' && note !== '') as string[]
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
