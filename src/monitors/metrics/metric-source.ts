import {Registry} from 'prom-client'

/** What is exported beside targets and alerts, by the one process that watches. */
export interface MetricSource {
  /** `runs`; says in the export whether it could be read. */
  readonly name: string
  /** Adds its metrics to a registry that is its own, and returns what sets them each time before they are read. */
  open(registry: Registry, watchedSince: number): () => void
}

export interface ReadSources {
  readonly registries: readonly Registry[]
  /** Whether each of them could be read. */
  readonly readable: ReadonlyMap<string, boolean>
}

/** Each time that this process begins to watch all of them begin anew; while it does not, there is nothing of them. */
export function sourceReader(sources: readonly MetricSource[]): (watchedSince: number | undefined) => ReadSources {
  let since: number | undefined
  let opened: readonly {readonly name: string; readonly registry: Registry; readonly set: () => void}[] = []
  return watchedSince => {
    if (watchedSince !== since)
      opened = (watchedSince === undefined ? [] : sources).map(source => {
        const registry = new Registry()
        return {name: source.name, registry, set: source.open(registry, watchedSince ?? 0)}
      })
    since = watchedSince
    const readable = new Map(opened.map(({name, set}) => [name, succeeds(set)] as const))
    return {readable, registries: opened.filter(({name}) => readable.get(name)).map(({registry}) => registry)}
  }
}

function succeeds(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
