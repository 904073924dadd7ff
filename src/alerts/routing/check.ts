import {doubles, type Issue, unknownName} from '../../kinds/issue.ts'
import {wallOf} from '../../units/wall-time.ts'
import type {AlertsConfig} from '../config.ts'

type Routing = Pick<AlertsConfig, 'channels' | 'people' | 'onCall' | 'escalations'>

/** Names that lead to nobody, or to two. By path from `alerts`. */
export function checkRouting({channels, people, onCall, escalations}: Routing): readonly Issue[] {
  const named = (list: readonly {readonly name: string}[]): string[] => list.map(({name}) => name)
  const channelNames = new Set(named(channels))
  const personNames = new Set(named(people))
  const contacts = new Set([...channelNames, ...personNames, ...named(onCall)])
  return [
    ...doubles('person', ['people'], named(people)),
    ...doubles('schedule', ['onCall'], named(onCall)),
    ...doubles('escalation', ['escalations'], named(escalations)),
    ...taken(['people'], people, channelNames, 'a channel'),
    ...taken(['onCall'], onCall, new Set([...channelNames, ...personNames]), 'a channel or a person'),
    ...people.flatMap((person, index) =>
      person.channels.flatMap((name, at) => unknownName(['people', index, 'channels', at], name, channelNames)),
    ),
    ...onCall.flatMap((schedule, index) => [
      ...schedule.people.flatMap((name, at) => unknownName(['onCall', index, 'people', at], name, personNames)),
      ...schedule.overrides.flatMap(({person, from, until}, at) => [
        ...unknownName(['onCall', index, 'overrides', at, 'person'], person, personNames),
        ...((wallOf(until) ?? 0) > (wallOf(from) ?? 0)
          ? []
          : [{path: ['onCall', index, 'overrides', at, 'until'], message: () => `should be after from, ${from}`}]),
      ]),
    ]),
    ...escalations.flatMap(({steps}, index) =>
      steps.flatMap(({to}, step) =>
        to.flatMap((name, at) => unknownName(['escalations', index, 'steps', step, 'to', at], name, contacts)),
      ),
    ),
  ]
}

/** A step of an escalation names any of them, so no two may have one name. */
const taken = (
  path: Issue['path'],
  list: readonly {readonly name: string}[],
  others: ReadonlySet<string>,
  what: string,
): readonly Issue[] =>
  list.flatMap(({name}, index) =>
    others.has(name)
      ? [{path: [...path, index, 'name'], message: () => `should be another name: ${name} is ${what} already`}]
      : [],
  )
