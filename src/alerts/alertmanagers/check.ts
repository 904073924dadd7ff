import {doubles, type Issue, unknownName} from '../../kinds/issue.ts'
import type {AlertmanagerSpec} from './config.ts'

/** What the schema cannot see. By path from `alerts`. */
export function checkAlertmanagers({
  alerts: {alertmanagers},
  environments,
}: {
  readonly alerts: {readonly alertmanagers: readonly AlertmanagerSpec[]}
  readonly environments: readonly {readonly name: string}[]
}): readonly Issue[] {
  const names = new Set(environments.map(({name}) => name))
  return [
    ...doubles(
      'Alertmanager',
      ['alertmanagers'],
      alertmanagers.map(({name}) => name),
    ),
    ...alertmanagers.flatMap(({environment, interval}, index) => [
      ...(environment === undefined ? [] : unknownName(['alertmanagers', index, 'environment'], environment, names)),
      ...(interval < 1_000
        ? [{path: ['alertmanagers', index, 'interval'], message: () => 'should be at least 1s'}]
        : []),
    ]),
  ]
}
