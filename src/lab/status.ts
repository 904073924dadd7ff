import {existsSync} from 'node:fs'
import {OpsError} from '../errors.ts'
import {alive, readPidFile} from './daemon.ts'
import {listFaults} from './faults.ts'
import type {ActiveFault} from './faults.ts'
import {deployedVersion} from './parts/app.ts'
import {partsOf} from './parts/list.ts'
import type {Part} from './parts/part.ts'
import {POOLER} from './parts/pooler.ts'
import {superuserHint} from './parts/postgres.ts'
import {REDIS_REPLICA} from './parts/redis-replica.ts'
import {REPLICA} from './parts/replica.ts'
import {configFile, haproxySocket, readPlan, secretFile} from './plan.ts'
import type {LabPlan, SecretName} from './plan.ts'

export interface PartStatus {
  readonly name: string
  /** up: serves · hung: runs and does not answer · down: should run and does not · stopped: nobody wants it to run. */
  readonly state: 'up' | 'hung' | 'down' | 'stopped'
  readonly port: number
  readonly pid: number | undefined
  readonly account: string
  readonly version: string | undefined
  readonly log: string
  /** How a person connects to it. */
  readonly connect: string
}

export interface LabStatus {
  readonly dir: string
  readonly home: string
  readonly configuration: string
  readonly createdAt: number
  readonly parts: readonly PartStatus[]
  readonly faults: readonly ActiveFault[]
  readonly notes: readonly string[]
}

/** What every part does now. Raises `lab/stopped` when there is no lab. */
export async function labStatus(dir: string): Promise<LabStatus> {
  const plan = await requirePlan(dir)
  return {
    dir: plan.dir,
    home: plan.home,
    configuration: configFile(plan.dir),
    createdAt: plan.createdAt,
    parts: await Promise.all(partsOf(plan).map(part => partStatus(plan, part))),
    faults: await listFaults(plan),
    notes: plan.notes,
  }
}

/** The plan of the lab in that directory; raises `lab/stopped`. */
export async function requirePlan(dir: string): Promise<LabPlan> {
  const plan = await readPlan(dir)
  if (plan !== undefined) return plan
  throw new OpsError('lab/stopped', `no lab is up in ${dir}`, {hint: 'Start one with "opsconsole lab up".'})
}

async function partStatus(plan: LabPlan, part: Part): Promise<PartStatus> {
  const identity = readPidFile(part.pidFile)
  const running = alive(identity)
  const answers = running && (await answersSoon(plan, part))
  return {
    name: part.name,
    state: answers ? 'up' : running ? 'hung' : existsSync(part.pidFile) ? 'down' : 'stopped',
    port: part.port,
    pid: running ? identity?.pid : undefined,
    account: accountOf(plan, part.name),
    version: await deployedVersion(plan, part.name),
    log: part.log,
    connect: connectHint(plan, part),
  }
}

function answersSoon(plan: LabPlan, part: Part): Promise<boolean> {
  const late = new Promise<boolean>(resolve => setTimeout(resolve, 2500, false).unref())
  return Promise.race([part.ready(plan).catch(() => false), late])
}

function accountOf(plan: LabPlan, name: string): string {
  const {postgres, redis, haproxy, prometheus, app} = plan.accounts
  const accounts = {
    postgres,
    redis,
    haproxy,
    [REPLICA]: postgres,
    [POOLER]: postgres,
    [REDIS_REPLICA]: redis,
    prometheus,
    alertmanager: prometheus,
  }
  const account = name in accounts ? accounts[name as keyof typeof accounts] : app
  return account?.name ?? (process.getuid?.() === 0 ? 'root' : 'yourself')
}

const URLS: Readonly<Record<string, SecretName>> = {
  redis: 'redis-url',
  [REDIS_REPLICA]: 'redis-replica-url',
  [REPLICA]: 'replica-url',
  [POOLER]: 'pooler-url',
}

function connectHint(plan: LabPlan, part: Part): string {
  if (part.name === 'postgres') return superuserHint(plan)
  const url = URLS[part.name]
  if (url !== undefined)
    return `${part.name.startsWith('redis') ? 'redis-cli -u' : 'psql'} "$(cat '${secretFile(plan.dir, url)}')"`
  if (part.name === 'haproxy')
    return `http://127.0.0.1:${plan.ports.web} · statistics http://127.0.0.1:${plan.ports.stats} · ${haproxySocket(plan)}`
  if (part.name === 'load') return 'opsconsole lab load'
  return `http://127.0.0.1:${part.port}`
}
