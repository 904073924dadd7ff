import {statSync} from 'node:fs'
import {messageOf} from '../errors.ts'
import type {InForce, Reloaded} from '../monitors/in-force.ts'
import type {Target} from '../monitors/sample.ts'
import {escapeLine} from '../text/escape.ts'
import {openCurrentConfig, printOf} from './current.ts'
import {type ConfigSource, findConfigFile} from './find.ts'
import {readConfig} from './load.ts'
import type {Config} from './schema.ts'
import {readBoundedText} from '../files/bounded-file.ts'

/** Of what is said of a file that is refused: it goes into one line of a header. */
const REASON_LIMIT = 300

/** The configuration in force, as text. */
export interface KeptConfig {
  readonly file: string
  readonly writtenAt: number
  readonly text: string
}

export interface LiveConfigSource extends ConfigSource {
  /** What whoever watches works by; undefined: nobody watches. */
  readonly kept?: () => KeptConfig | undefined
}

export interface LiveConfig {
  /** The file as it is at this moment; raises what loading raises. What may be changed is decided by it. */
  readonly current: () => Config
  /** What this process works by: what it accepted last. Raises what loading raises while there is none. */
  readonly config: () => Config
  /** The same for who only shows: while the file is refused, what whoever watches works by stands in for it. */
  configOrKept(): Config
  inForce(): InForce
  /** So that the next start need not check it again. */
  keepChecked(): void
  /** To be kept for others; undefined when the file is another one by now. */
  toKeep(): KeptConfig | undefined
  /**
   * Takes the file as it is now, when it has changed since the last look, or at once when somebody asked. `apply` makes
   * everything that is made of it, before anything of the old is given up: when it throws, the old one stays in force.
   */
  reload(now: boolean, apply: (config: Config) => readonly Target[]): Reloaded
}

/** The configuration of a process that lives longer than its file. */
export function openLiveConfig(source: LiveConfigSource): LiveConfig {
  const current = openCurrentConfig(source)
  let held: {readonly config: Config; readonly writtenAt: number} | undefined
  let refused: InForce['refused']
  /** The file as it was judged last, and as it was seen last: it is taken when it has stood still for one look. */
  let judged = ''
  let seen = ''

  const take = (config: Config): Config => {
    held = {config, writtenAt: writtenAt(config.file) ?? 0}
    return config
  }
  const first = (): Config => {
    const config = take(current())
    judged = seen = printOf(config.file)
    return config
  }
  const config = (): Config => held?.config ?? first()
  return {
    current,
    config,
    configOrKept() {
      try {
        return config()
      } catch (error) {
        const kept = source.kept?.()
        const file = findConfigFile(source)
        if (kept?.file !== file) throw error
        held = {config: readConfig(kept.text, file, source.env['HOME']), writtenAt: kept.writtenAt}
        judged = seen = printOf(file)
        refused = {writtenAt: writtenAt(file), reason: reasonIn(messageOf(error), file)}
        return held.config
      }
    },
    keepChecked: () => source.checked?.keep(),
    toKeep() {
      const {file} = config()
      if (refused !== undefined) return undefined
      const text = readBoundedText(file)
      const moment = writtenAt(file)
      return moment === held?.writtenAt ? {file, writtenAt: moment ?? 0, text} : undefined
    },
    inForce: () => {
      const {file} = config()
      return {file, writtenAt: held?.writtenAt ?? 0, ...(refused === undefined ? {} : {refused})}
    },
    reload(now, apply) {
      const {file} = config()
      const print = printOf(file)
      const still = print === seen
      seen = print
      if (!now && (print === judged || !still)) return {outcome: 'same'}
      judged = print
      try {
        const next = current()
        const targets = apply(next)
        refused = undefined
        take(next)
        return {outcome: 'taken', targets}
      } catch (error) {
        refused = {writtenAt: writtenAt(file), reason: reasonIn(messageOf(error), file)}
        return {outcome: 'refused'}
      }
    },
  }
}

/** One line, the line of the file first; the name of the file is said beside it. */
function reasonIn(message: string, file: string): string {
  const [head = '', first, ...more] = message.split('\n').map(line => line.trim())
  if (first === undefined) return escapeLine(head.replace(`${escapeLine(file)}: `, ''), REASON_LIMIT)
  const [, words = first, line] = /^(.*) \(line (\d+), column \d+\)$/.exec(first) ?? []
  const place = line === undefined ? '' : `line ${line}: `
  return escapeLine(`${place}${words}`, REASON_LIMIT) + (more.length === 0 ? '' : `; and ${more.length} more`)
}

const writtenAt = (file: string): number | undefined => statSync(file, {throwIfNoEntry: false})?.mtimeMs
