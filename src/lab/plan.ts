import {mkdir, readFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {writeDurably} from '../files/durable.ts'
import type {Account} from './accounts.ts'

/** One app instance: its slot and the loopback port it always has. */
export interface InstancePlan {
  readonly name: string
  readonly slot: 'blue' | 'green'
  readonly port: number
}

/** Programs of the lab that are ours: paths of .ts files in a checkout, of bundles in a package. */
export interface LabEntries {
  readonly app: string
  readonly load: string
  readonly instance: string
}

/**
 * Everything the lab decided before it started anything; `lab.json`. Which process each part is stands in its pid
 * file, so this file is written once and never has to keep up with what runs.
 */
export interface LabPlan {
  readonly format: 1
  /** Directory that the person knows: this file, opsconsole.yaml, bin, log. */
  readonly dir: string
  /** Directory of data and sockets: `dir`, or one that the daemons' accounts can reach. */
  readonly home: string
  readonly createdAt: number
  readonly ports: {
    readonly web: number
    readonly stats: number
    readonly redis: number
    readonly postgres: number
    readonly load: number
    /** Those below are not in a lab of an older version. */
    readonly replica?: number
    readonly redisReplica?: number
    /** Neither where pgbouncer is missing. */
    readonly pooler?: number
    /** Both, or neither where one of them is missing. */
    readonly prometheus?: number
    readonly alertmanager?: number
  }
  readonly instances: readonly InstancePlan[]
  readonly programs: {
    readonly postgresBin: string
    readonly redis: string
    readonly haproxy: string
    readonly node: string
    readonly pgbouncer?: string
    readonly prometheus?: string
    readonly alertmanager?: string
  }
  readonly entries: LabEntries
  /** undefined: as ourselves. */
  readonly accounts: {
    readonly postgres: Account | undefined
    readonly redis: Account | undefined
    readonly haproxy: Account | undefined
    readonly app: Account | undefined
    readonly prometheus?: Account | undefined
  }
  readonly rps: number
  /** What a person should know about how this lab runs. */
  readonly notes: readonly string[]
}

export const planFile = (dir: string): string => join(dir, 'lab.json')
export const configFile = (dir: string): string => join(dir, 'opsconsole.yaml')
export const logFile = (plan: LabPlan, part: string): string => join(plan.dir, 'log', `${part}.log`)
export const pidFile = (plan: LabPlan, part: string): string => join(plan.dir, 'run', `${part}.pid`)
export const versionFile = (plan: LabPlan, instance: string): string => join(plan.dir, 'run', `${instance}.version`)
export const faultsFile = (plan: LabPlan): string => join(plan.dir, 'run', 'faults.json')
/** Says that `lab down --keep` left the data for the next `lab up`. */
export const keptFile = (plan: LabPlan): string => join(plan.dir, 'run', 'kept')
export const haproxySocket = (plan: LabPlan): string => join(plan.home, 'haproxy', 'admin.sock')
export const postgresSockets = (plan: LabPlan): string => join(plan.home, 'postgres', 'socket')
export const instanceProgram = (plan: LabPlan): string => join(plan.dir, 'bin', 'instance')

/** Names of files under `<dir>/secrets`, each mode 600. */
export type SecretName =
  | 'redis-password'
  | 'redis-url'
  | 'superuser-password'
  | 'superuser-url'
  | 'shop-url'
  | 'ops-url'
  | 'admin-url'
  | 'replicator-password'
  | 'replica-url'
  | 'redis-replica-url'
  | 'pooler-url'
  | 'pooler-admin-url'
  | 'backup-key'
export const secretFile = (dir: string, name: SecretName): string => join(dir, 'secrets', name)

/** The lab of a directory; undefined when none was ever started there or it was taken down. */
export async function readPlan(dir: string): Promise<LabPlan | undefined> {
  try {
    const plan = JSON.parse(await readFile(planFile(dir), 'utf8')) as LabPlan
    return plan.format === 1 ? plan : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function writePlan(plan: LabPlan): Promise<void> {
  await writeWhole(planFile(plan.dir), `${JSON.stringify(plan, undefined, 2)}\n`)
}

/** Writes a file so that a reader sees the old or the new one, never half of it. */
export async function writeWhole(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  writeDurably(path, text, mode)
}
