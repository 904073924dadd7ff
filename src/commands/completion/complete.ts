import type {Command, Completes, FlagSpec} from '../command.ts'
import {globalFlags} from '../global-flags.ts'

export interface Candidate {
  readonly word: string
  readonly description: string
}

/** What a shell may offer for the last word. */
export interface Completion {
  readonly candidates: readonly Candidate[]
  /** The shell knows those better. */
  readonly files?: 'file' | 'directory'
}

/** Where names come from: those of a kind. */
export type Names = (kind: Extract<Completes, string>) => Promise<readonly string[]>

const NOTHING: Completion = {candidates: []}

/**
 * What the last of the words may become; the ones before it are the line after `opsconsole`. Made from the same objects
 * as parsing and help.
 */
export async function complete(
  words: readonly string[],
  {commands, names}: {readonly commands: readonly Command[]; readonly names: Names},
): Promise<Completion> {
  const shown = commands.filter(({hidden}) => !hidden)
  const current = words.at(-1) ?? ''
  const line = readLine(words.slice(0, -1), shown)
  const offer = async (completes: Completes | undefined, before = ''): Promise<Completion> => {
    if (completes === undefined) return NOTHING
    if (completes === 'file' || completes === 'directory') return {candidates: [], files: completes}
    const found = typeof completes === 'string' ? await names(completes) : completes
    return startingWith(
      current,
      found.map(name => ({word: `${before}${name}`, description: ''})),
    )
  }
  if (line.open !== undefined) return offer(completesOf(line.open))
  const [, flag, name = ''] = /^(--([^=]+)=)/.exec(current) ?? []
  if (flag !== undefined && !line.literal) return offer(completesOf(line.flags[name]), flag)
  if (current.startsWith('-') && !line.literal) return startingWith(current, flagWords(line))
  const next = line.places === 0 ? commandWords(line.words, shown) : []
  const places = line.command?.arguments ?? []
  const place = places[line.places] ?? (places.at(-1)?.variadic === true ? places.at(-1) : undefined)
  const here = await offer(place?.completes)
  return next.length === 0 ? here : startingWith(current, [...next, ...here.candidates])
}

/** What the line says of configuration and environment: names are those that it would mean. */
export const globalValues = (words: readonly string[]): Readonly<Record<string, string>> =>
  readLine(words.slice(0, -1), []).values

/** The line before the word that is to be completed. */
interface Line {
  readonly command: Command | undefined
  /** Words of the command, or of the noun that it begins with. */
  readonly words: readonly string[]
  /** How many arguments are there already. */
  readonly places: number
  readonly flags: Readonly<Record<string, FlagSpec>>
  /** Values of flags that every command takes, by their names. */
  readonly values: Readonly<Record<string, string>>
  /** The flag whose value comes next. */
  readonly open: FlagSpec | undefined
  /** After `--`, what looks like a flag is none. */
  readonly literal: boolean
}

function readLine(before: readonly string[], commands: readonly Command[]): Line {
  const words: string[] = []
  const values: Record<string, string> = {}
  let command: Command | undefined
  let places = 0
  let literal = false
  let open: readonly [string, FlagSpec] | undefined
  const flagsOf = (): Readonly<Record<string, FlagSpec>> => ({...globalFlags, ...command?.flags})
  for (const word of before) {
    if (open !== undefined) {
      if (open[0] in globalFlags) values[open[0]] = word
      open = undefined
    } else if (!literal && word === '--') literal = true
    else if (!literal && word.startsWith('-')) {
      const [spelling = '', value] = word.split(/=(.*)/s)
      const entry = Object.entries(flagsOf()).find(
        ([name, {short}]) => spelling === `--${name}` || spelling === `-${short}`,
      )
      if (entry?.[1].type !== 'string') continue
      if (value === undefined) open = entry
      else if (entry[0] in globalFlags) values[entry[0]] = value
    } else {
      const longer = [...words, word].join(' ')
      const begins = commands.some(({name}) => name === longer || name.startsWith(`${longer} `))
      if (places === 0 && begins) {
        words.push(word)
        command = commands.find(({name}) => name === longer)
      } else places += 1
    }
  }
  return {command, words, places, flags: flagsOf(), values, open: open?.[1], literal}
}

/** The next words of commands that begin with these. */
function commandWords(words: readonly string[], commands: readonly Command[]): readonly Candidate[] {
  const next = new Map<string, Candidate>()
  for (const {name, summary} of commands) {
    const all = name.split(' ')
    const word = all[words.length]
    if (word === undefined || all.slice(0, words.length).join(' ') !== words.join(' ')) continue
    const last = all.length === words.length + 1
    if (last || !next.has(word)) next.set(word, {word, description: last ? summary : `${word} commands`})
  }
  return [...next.values()]
}

const flagWords = ({flags}: Line): readonly Candidate[] =>
  Object.entries(flags).map(([name, {description}]) => ({word: `--${name}`, description}))

function completesOf(flag: FlagSpec | undefined): Completes | undefined {
  if (flag?.completes !== undefined) return flag.completes
  if (flag?.value === 'FILE') return 'file'
  return flag?.value === 'DIR' ? 'directory' : undefined
}

function startingWith(current: string, candidates: readonly Candidate[]): Completion {
  const found = new Map(candidates.map(each => [each.word, each]))
  return {
    candidates: [...found.values()]
      .filter(({word}) => word.startsWith(current))
      .sort((a, b) => (a.word < b.word ? -1 : 1)),
  }
}
