import {readFile} from 'node:fs/promises'
import {OpsError} from '../errors.ts'
import {sleep} from '../units/clock.ts'
import {alive, killProcess, readPidFile, signalGroup} from './daemon.ts'
import {parseFault} from './fault-text.ts'
import type {Fault} from './fault-text.ts'
import {withLabLock} from './lock.ts'
import {appPart} from './parts/app.ts'
import type {Part} from './parts/part.ts'
import {startPart} from './parts/start.ts'
import {faultsFile, writeWhole} from './plan.ts'
import type {InstancePlan, LabPlan} from './plan.ts'
import {requirePart, SERVER_FAULTS, type ServerFaultKind} from './server-faults.ts'

export interface ActiveFault {
  /** As it was written; also its name for `clear`. */
  readonly fault: string
  readonly since: number
}

export async function listFaults(plan: LabPlan): Promise<readonly ActiveFault[]> {
  const text = await readFile(faultsFile(plan), 'utf8').catch(() => '[]')
  return JSON.parse(text) as ActiveFault[]
}

/** Breaks things for real. It is written down before it is done, so that `clear` also fixes what a crash left. */
export async function addFaults(plan: LabPlan, texts: readonly string[], now: number): Promise<void> {
  const faults = texts.map(text => ({text, fault: parseFault(text)}))
  for (const {fault} of faults) checkTarget(plan, fault)
  await withLabLock(plan.dir, async () => {
    for (const {text, fault} of faults) {
      const others = (await listFaults(plan)).filter(active => active.fault !== text)
      await writeFaults(plan, [...others, {fault: text, since: now}])
      await inject(plan, fault)
    }
  })
}

/** Mends all faults, or the named ones: what was killed runs again on the same port with the same version. */
export async function clearFaults(plan: LabPlan, texts: readonly string[]): Promise<readonly string[]> {
  return withLabLock(plan.dir, async () => {
    const active = await listFaults(plan)
    for (const text of texts)
      if (!active.some(({fault}) => fault === text))
        throw new OpsError('usage/arguments', `the fault ${JSON.stringify(text)} is not active`)
    const chosen = active.map(({fault}) => fault).filter(fault => texts.length === 0 || texts.includes(fault))
    for (const text of chosen) {
      await fix(plan, parseFault(text))
      await writeFaults(
        plan,
        (await listFaults(plan)).filter(({fault}) => fault !== text),
      )
    }
    return chosen
  })
}

const writeFaults = (plan: LabPlan, faults: readonly ActiveFault[]): Promise<void> =>
  writeWhole(faultsFile(plan), `${JSON.stringify(faults)}\n`)

/** Raises `usage/arguments` for a name that the lab does not have. */
function checkTarget(plan: LabPlan, fault: Fault): void {
  if ('part' in fault) return void requirePart(plan, fault.part)
  if (fault.kind in SERVER_FAULTS) return void requirePart(plan, SERVER_FAULTS[fault.kind as ServerFaultKind].part)
  const name = 'instance' in fault ? fault.instance : 'on' in fault ? fault.on : undefined
  const names = plan.instances.map(instance => instance.name)
  const slots = 'instance' in fault ? [] : ['blue', 'green']
  if (name === undefined || names.includes(name) || slots.includes(name)) return
  throw new OpsError(
    'usage/arguments',
    `no ${JSON.stringify(name)} in the lab; there are ${[...slots, ...names].join(', ')}`,
  )
}

async function inject(plan: LabPlan, fault: Fault): Promise<void> {
  if ('part' in fault || 'instance' in fault) {
    const identity = readPidFile(partOf(plan, fault).pidFile)
    if (identity === undefined || !alive(identity)) return
    if (isDown(fault)) await killProcess(identity)
    else signalGroup(identity.pid, 'SIGSTOP')
  } else if ('on' in fault) {
    await switchOn(plan, fault.on, queryOf(fault))
  } else await SERVER_FAULTS[fault.kind].inject(plan, 'ms' in fault ? fault.ms : 0)
}

async function fix(plan: LabPlan, fault: Fault): Promise<void> {
  if ('part' in fault || 'instance' in fault) {
    const part = partOf(plan, fault)
    const identity = readPidFile(part.pidFile)
    // An instance that a release stopped meanwhile has no pid file: it is meant to be away.
    if (identity === undefined) return
    if (isDown(fault)) await startAgain(plan, part)
    else if (alive(identity)) signalGroup(identity.pid, 'SIGCONT')
  } else if ('on' in fault) {
    await switchOn(plan, fault.on, `${fault.kind}=0`)
  } else {
    const server = SERVER_FAULTS[fault.kind]
    if (alive(readPidFile(requirePart(plan, server.part).pidFile))) await server.fix(plan)
  }
}

const isDown = (fault: PartFault): boolean => fault.kind === 'part-down' || fault.kind === 'instance-down'

type PartFault = Extract<Fault, {part: unknown} | {instance: unknown}>

function partOf(plan: LabPlan, fault: PartFault): Part {
  const name = 'part' in fault ? fault.part : fault.instance
  return requirePart(plan, name)
}

/** After SIGKILL of PostgreSQL its sessions need a moment to notice; until then a new server refuses to start. */
async function startAgain(plan: LabPlan, part: Part): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await startPart(plan, part)
    } catch (error) {
      if (attempt >= 5) throw error
      await sleep(500)
    }
  }
}

type SwitchedFault = Extract<Fault, {on: unknown}>

function queryOf(fault: SwitchedFault): string {
  if (fault.kind === 'errors') return `errors=${fault.share}`
  if (fault.kind === 'latency') return `latency=${fault.ms}`
  return `health=${fault.status}`
}

/** Asks the instances themselves, past the load balancer. One that does not run has no fault to switch. */
async function switchOn(plan: LabPlan, on: string | undefined, query: string): Promise<void> {
  const chosen = (instance: InstancePlan): boolean =>
    (on === undefined || instance.name === on || instance.slot === on) &&
    alive(readPidFile(appPart(plan, instance).pidFile))
  await Promise.all(
    plan.instances.filter(chosen).map(async instance => {
      const url = `http://127.0.0.1:${instance.port}/_fault?${query}`
      const response = await fetch(url, {signal: AbortSignal.timeout(5000)})
      if (!response.ok) throw new OpsError('lab/start', `${url} answered ${response.status}`)
    }),
  )
}
