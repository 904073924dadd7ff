import {entriesOf, type KindOps, kinds, type OpenKindOps} from '../config/kinds.ts'
import type {Config} from '../config/schema.ts'
import {OpsError} from '../errors.ts'
import {type Memory, readOnlyMemory} from '../kinds/memory.ts'
import {type Records, readOnlyRecords} from '../kinds/records.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import type {Target} from '../monitors/sample.ts'
import {instanceHealth} from '../releases/health.ts'
import {request} from '../releases/request.ts'
import type {Ops} from '../runbooks/ops.ts'
import type {OpenOps} from './context.ts'
import {once} from '../units/once.ts'

/** Of one question whether an instance is healthy. */
const HEALTH_MS = 5_000

interface OpsParts extends Pick<OpsTools, 'matcher'> {
  readonly memory: Memory
  readonly records: Records
  /** Who watches now. */
  readonly watcher: () => {readonly role: string} | undefined
  /** New ones each time. */
  readonly targets: () => readonly Target[]
}

/** Loads what runbooks can do with what is configured: what opens it for one step. */
export async function loadOps(
  config: Config,
  {memory, records, matcher, watcher, targets}: OpsParts,
): Promise<OpenOps> {
  const opens = new Map<string, OpenKindOps>()
  for (const kind of kinds) {
    const open = entriesOf(config, kind).length > 0 ? await kind.ops?.(config) : undefined
    if (open) opens.set(kind.target, open)
  }
  return ({reads, ...tools}) =>
    createOps(
      config,
      {
        ...tools,
        memory: reads ? readOnlyMemory(memory) : memory,
        records: reads ? readOnlyRecords(records) : records,
        agentWatches: () => watcher()?.role === 'agent',
        matcher,
      },
      {opens, targets: once(targets)},
    )
}

/** Everything a runbook can see and do of the configured system in one environment. */
function createOps(
  config: Config,
  tools: OpsTools,
  {opens, targets}: {readonly opens: ReadonlyMap<string, OpenKindOps>; readonly targets: OpsParts['targets']},
): Ops {
  const environment = tools.environment.name
  const named = Object.fromEntries(
    kinds.flatMap(kind => {
      if (kind.ops === undefined) return []
      const open = (name?: string) => {
        const entry = pick(entriesOf(config, kind), {kind: kind.target, environment, name})
        return opens.get(kind.target)?.(config, entry, tools)
      }
      return [[kind.target, open]]
    }),
  ) as unknown as KindOps
  return {
    environment: tools.environment,
    ...named,
    probe: async (kind, name) => {
      const target = targets().find(
        candidate => candidate.kind === kind && candidate.environment === environment && candidate.name === name,
      )
      if (!target)
        throw new OpsError('config/environment', `there is no ${kind} ${JSON.stringify(name)} in ${environment}`)
      try {
        return await target.probe(AbortSignal.any([tools.signal, AbortSignal.timeout(target.timeoutMs)]))
      } finally {
        await target.close?.()
      }
    },
    names: name =>
      kinds
        .filter(({target}) => target === name)
        .flatMap(kind => entriesOf(config, kind))
        .filter(entry => entry.environment === environment)
        .map(entry => entry.name),
    instances: async service => (await named.release(service).slots()).flatMap(slot => slot.instances),
    healthy: instance => instanceHealth(instance, {request, timeoutMs: HEALTH_MS, signal: tools.signal}),
  }
}

/** The named entry of the environment, or its only one. */
function pick<T extends {readonly name: string; readonly environment: string}>(
  entries: readonly T[],
  want: {readonly kind: string; readonly environment: string; readonly name: string | undefined},
): T {
  const here = entries.filter(entry => entry.environment === want.environment)
  const found = want.name === undefined ? here : here.filter(entry => entry.name === want.name)
  const [only] = found
  if (only && found.length === 1) return only
  const names = here.map(entry => entry.name).join(', ') || 'none'
  const problem =
    want.name === undefined && here.length > 1
      ? `there are several ${want.kind}s in ${want.environment}; name one`
      : `there is no ${want.kind} ${want.name === undefined ? '' : `${JSON.stringify(want.name)} `}in ${want.environment}`
  throw new OpsError(want.kind === 'release' ? 'release/unknown' : 'runbook/params', problem, {
    hint: `Configured: ${names}.`,
  })
}
