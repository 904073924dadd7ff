import {doubles, type Issue, oneOf} from '../../kinds/issue.ts'
import type {AutoPolicy} from './config.ts'

/** What the schema of the policies cannot see, by path from their list. */
export const checkAuto = (policies: readonly AutoPolicy[], environments: readonly string[]): readonly Issue[] => [
  ...doubles(
    'policy',
    [],
    policies.map(({name}) => name),
  ),
  ...policies.flatMap(({environments: named = []}, index) =>
    named.flatMap((name, at) =>
      name.includes('*') || environments.includes(name)
        ? []
        : [{path: [index, 'environments', at], message: () => oneOf(name, environments)}],
    ),
  ),
]
