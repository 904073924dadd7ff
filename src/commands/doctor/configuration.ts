import path from 'node:path'
import {entriesOf, kinds} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {secretRefs} from '../../config/secret-refs.ts'
import {isTooShort, secretFile, secretSource} from '../../config/secrets.ts'
import {messageOf} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {SHORTEST_SECRET} from '../../text/redact.ts'
import type {CommandContext} from '../command.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'
import type {ProcessFacts} from './runtime.ts'
import {checkPrivate} from './state-directory.ts'

/** What the file says, and whether everything it refers to can be read. Secrets are read and never shown. */
export async function checkConfiguration(
  config: Config,
  context: CommandContext,
  {env}: ProcessFacts,
): Promise<Check[]> {
  const refs = secretRefs(config)
  const secrets = await Promise.all(
    refs.map(async ({path: place, ref}): Promise<Check | undefined> => {
      const name = `secret ${place}`
      try {
        if (isTooShort(await context.secret(ref))) return tooShort(name)
      } catch (error) {
        return failed(name, escapeLine(messageOf(error)), 'Fix what it is read from, or the configuration.')
      }
      if (typeof ref === 'string' || !('file' in ref)) return undefined
      return checkPrivate(name, secretFile(ref.file, {env, cwd: path.dirname(config.file)}))
    }),
  )
  const problems = secrets.filter(check => check !== undefined)
  const bare = refs.some(({ref}) => typeof ref === 'string' && /\/\/[^/]*:[^/]*@/.test(ref))
  const open = bare ? checkPrivate('configuration mode', config.file) : undefined
  const kept = refs.filter(({ref}) => typeof ref !== 'string')
  const sources = [...new Set(kept.map(({ref}) => secretSource(ref)))]
  return [
    ok('configuration', `${escapeLine(config.file)}: ${summary(config)}`),
    ...(open ? [open] : []),
    ...(kept.length > 0 && problems.every(({status}) => status !== 'failed')
      ? [ok('secrets', `${sources.length} read: ${escapeLine(sources.join(', '))}`)]
      : []),
    ...problems,
  ]
}

const tooShort = (name: string): Check =>
  warning(
    name,
    `it, or its password, has fewer than ${SHORTEST_SECRET} bytes: it is not redacted from what is shown and kept`,
    'Use a longer one.',
  )

function summary(config: Config): string {
  const count = (list: readonly unknown[], one: string, many: string): string =>
    `${list.length} ${list.length === 1 ? one : many}`
  return [
    count(config.environments, 'environment', 'environments'),
    ...kinds.map(kind => count(entriesOf(config, kind), kind.target, kind.section)),
  ].join(', ')
}
