import {doubles, type Issue, unknownName} from '../../kinds/issue.ts'
import type {IntakeSpec} from './config.ts'

/** So many characters are not guessed. */
export const SHORTEST_TOKEN = 16

/** What the schema cannot see. By path from `alerts`. */
export function checkIntake(
  intake: readonly IntakeSpec[],
  {kinds, environments}: {readonly kinds: readonly string[]; readonly environments: readonly string[]},
): readonly Issue[] {
  const taken = new Set(kinds)
  return [
    ...doubles(
      'sender',
      ['intake'],
      intake.map(({name}) => name),
    ),
    ...intake.flatMap(({name, type, token, environment, mapping}, index) => {
      const at = (key: string, message: string): Issue => ({path: ['intake', index, key], message: () => message})
      const written = typeof token === 'string' ? token : undefined
      return [
        ...(taken.has(name) ? [at('name', `should be another name: ${name} is a kind of target already`)] : []),
        ...(written !== undefined && written.length < SHORTEST_TOKEN
          ? [at('token', `should have at least ${SHORTEST_TOKEN} characters`)]
          : []),
        ...(type === 'json' && mapping === undefined ? [at('mapping', 'is missing: type json needs it')] : []),
        ...(type !== 'json' && mapping !== undefined ? [at('mapping', `is for type json, not for ${type}`)] : []),
        ...(environment === undefined
          ? []
          : unknownName(['intake', index, 'environment'], environment, new Set(environments))),
      ]
    }),
  ]
}
