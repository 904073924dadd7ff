import type {Objective} from './objectives/objective.ts'
import {type Target, type TargetKind, targetId} from './sample.ts'

interface WatchedEntry {
  readonly environment: string
  readonly name: string
  readonly interval: number
  readonly timeout: number
}

interface KindOfTarget<Entry> {
  readonly target: TargetKind
  objective?(entry: Entry): Objective | undefined
  /** Whether changes of ours note what they left of it. */
  readonly isNoted?: boolean
}

/** A target that is known from its entry alone. What probes it is loaded at its first probe: `made` has it among others. */
export function lazyTarget<Entry extends WatchedEntry>(
  of: KindOfTarget<Entry>,
  entry: Entry,
  made: () => Promise<readonly Target[]>,
): Target {
  const {target: kind} = of
  const {environment, name} = entry
  const id = targetId(kind, environment, name)
  let target: Target | undefined
  const loaded = async (): Promise<Target> => {
    target ??= (await made()).find(each => each.id === id)
    if (target === undefined) throw new TypeError(`nothing was made to probe ${id}`)
    return target
  }
  return {
    id,
    kind,
    environment,
    name,
    intervalMs: entry.interval,
    timeoutMs: entry.timeout,
    objective: of.objective?.(entry),
    load: loaded,
    probe: signal => target?.probe(signal) ?? loaded().then(each => each.probe(signal)),
    judge: result => target?.judge?.(result) ?? result,
    ...(of.isNoted === true ? {noted: () => target?.noted?.()} : {}),
    close: async () => target?.close?.(),
  }
}
