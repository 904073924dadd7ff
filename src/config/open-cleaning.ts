import type {ResolveSecret} from './fields.ts'
import type {Config} from './schema.ts'
import {secretRefs} from './secret-refs.ts'
import {isTooShort} from './secrets.ts'
import type {Cleaning} from '../monitors/clean-target.ts'
import {escapeLine} from '../text/escape.ts'
import {type Redactor, redactAnnounced} from '../text/redact.ts'

/** Characters of one line from outside; drivers bound what they say much earlier. */
const LONGEST_KEPT = 16_384

/** How text from outside is cleaned, with what must be known for it. */
export function openCleaning({
  config,
  secret,
  redactor,
}: {
  readonly config: () => Config
  readonly secret: ResolveSecret
  readonly redactor: Redactor
}) {
  const shortSecrets = new Set<string>()
  let remembered: {readonly of: Config; readonly done: Promise<void>} | undefined
  const remember = async (of: Config): Promise<void> => {
    // A command may ask a person, or take long: its secret is known from its first use on.
    const refs = secretRefs(of).filter(({ref}) => typeof ref === 'string' || !('command' in ref))
    const read = refs.map(async ({path: place, ref}) => {
      if (isTooShort(await secret(ref))) shortSecrets.add(place)
    })
    await Promise.allSettled(read)
  }
  // Again for each configuration that comes into force: it may name other secrets.
  const rememberDeclared = (): Promise<void> => {
    const of = config()
    if (remembered?.of !== of) remembered = {of, done: remember(of)}
    return remembered.done
  }
  const cleaning: Cleaning = {
    ready: rememberDeclared,
    clean: rememberClean(redactor, text => escapeLine(redactAnnounced(redactor.redact(text)), LONGEST_KEPT)),
  }
  return {rememberDeclared, cleaning, shortSecrets}
}

/** Words of results, short answers and addresses, which are the same at each probe: `status`, `200 OK`. */
const LONGEST_KNOWN = 64
/** Each of thousands of targets has an address of its own. */
const MOST_KNOWN = 20_000

/** What has passed unchanged passes again, until another secret is known: thousands of probes say the same words. */
export function rememberClean(
  redactor: Pick<Redactor, 'size'>,
  clean: (text: string) => string,
): (text: string) => string {
  let known = new Set<string>()
  let size = redactor.size
  return text => {
    if (size !== redactor.size || known.size > MOST_KNOWN) [known, size] = [new Set(), redactor.size]
    if (known.has(text)) return text
    const found = clean(text)
    if (found === text && text.length <= LONGEST_KNOWN) known.add(text)
    return found
  }
}
