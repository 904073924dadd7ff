import {type TargetId, targetId} from '../monitors/sample.ts'

interface Named {
  readonly environment: string
  readonly name: string
}

/** What services need, by target: a name of `dependsOn` is every service, cache and database of that name beside it. */
export function dependenciesOf(config: {
  readonly services: readonly (Named & {readonly dependsOn: readonly string[]})[]
  readonly caches: readonly Named[]
  readonly databases: readonly Named[]
}): ReadonlyMap<TargetId, readonly TargetId[]> {
  const byName = new Map<string, TargetId[]>()
  const keyOf = ({environment, name}: Named): string => `${environment}/${name}`
  for (const [kind, entries] of [
    ['service', config.services],
    ['cache', config.caches],
    ['database', config.databases],
  ] as const)
    for (const each of entries) {
      const ids = byName.get(keyOf(each)) ?? []
      ids.push(targetId(kind, each.environment, each.name))
      byName.set(keyOf(each), ids)
    }
  return new Map(
    config.services
      .filter(({dependsOn}) => dependsOn.length > 0)
      .map(({environment, name, dependsOn}) => [
        targetId('service', environment, name),
        dependsOn.flatMap(needed => byName.get(keyOf({environment, name: needed})) ?? []),
      ]),
  )
}
