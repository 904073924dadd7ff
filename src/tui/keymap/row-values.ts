import type {Pane} from '../panes/pane.ts'
import {PANES} from '../panes/registry.ts'
import type {World} from '../state/world.ts'

const paneNamed = (noun: string | undefined): Pane | undefined =>
  noun !== undefined && Object.hasOwn(PANES, noun) ? PANES[noun as keyof typeof PANES] : undefined

/** What can be filled in from a row of this pane, beside the environment in view. */
export function valueNames(noun: string | undefined): readonly string[] {
  const pane = paneNamed(noun)
  return pane ? ['environment', ...new Set(['name', 'id', ...Object.keys(pane.values ?? {})])] : ['environment']
}

/** The values of a row, by name; those that it does not have just now are undefined. */
export function rowValues(
  {snapshot}: World,
  noun: string | undefined,
  row: unknown,
): Readonly<Record<string, string | undefined>> {
  const environment = snapshot.environment.name
  const pane = paneNamed(noun)
  if (!pane || row === undefined) return {environment}
  const own = Object.entries(pane.values ?? {}).map(([name, value]) => [name, value(row)] as const)
  return {environment, id: pane.id(row), name: pane.id(row), ...Object.fromEntries(own)}
}
