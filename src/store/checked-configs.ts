import {lstatSync, mkdirSync, readdirSync, rmSync} from 'node:fs'
import path from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import type {CheckedConfigs, ConfigText} from '../config/checked.ts'
import type {Config} from '../config/schema.ts'
import {secretRefs} from '../config/secret-refs.ts'
import {writeDurably} from '../files/durable.ts'
import {readBoundedText} from '../files/bounded-file.ts'

interface Kept extends Pick<ConfigText, 'file' | 'home'> {
  readonly text: string
  readonly config: Config
}

export interface CheckedPlace {
  /** A directory of this account's own. */
  readonly directory: string
  /** Names the program with all its schemas: another one may come to something else. */
  readonly program: string
}

/** Those of the running program. */
export function configsOfThisProgram(env: Readonly<Record<string, string | undefined>>): CheckedConfigs | undefined {
  const place = checkedPlace(env, import.meta.filename)
  return place && openCheckedConfigs(place)
}

/** Beside the compiled code. Only of the built program, whose files are named by what is in them. */
export function checkedPlace(
  env: Readonly<Record<string, string | undefined>>,
  self: string,
): CheckedPlace | undefined {
  const program = /-([A-Z0-9]{8})\.mjs$/.exec(self)?.[1]
  const cache = env['XDG_CACHE_HOME'] || (env['HOME'] && path.join(env['HOME'], '.cache'))
  return program && cache ? {program, directory: path.join(cache, 'opsconsole', 'config')} : undefined
}

/**
 * Keeps configurations as they were after their check, by their whole text. Not one that holds a secret itself: there is no
 * second copy of that. What somebody else could have written is not believed.
 */
export function openCheckedConfigs(place: CheckedPlace): CheckedConfigs {
  const {directory, program} = place
  let learned: {readonly text: ConfigText; readonly config: Config} | undefined
  return {
    find({file, home, bytes}) {
      try {
        const kept = JSON.parse(readOwn(directory, nameOf(file, program))) as Kept
        const same = kept.file === file && kept.home === home && Buffer.from(kept.text).equals(bytes)
        return same ? kept.config : undefined
      } catch {
        return undefined
      }
    },
    learn(text, config) {
      learned = {text, config}
    },
    keep() {
      if (!learned || !mayBeKept(learned)) return
      const {text, config} = learned
      learned = undefined
      const kept: Kept = {file: text.file, home: text.home, text: Buffer.from(text.bytes).toString('utf8'), config}
      try {
        mkdirSync(directory, {recursive: true, mode: 0o700})
        for (const name of readdirSync(directory)) if (!name.startsWith(program)) rmSync(path.join(directory, name))
        writeDurably(path.join(directory, nameOf(text.file, program)), JSON.stringify(kept), 0o600)
      } catch {
        // As the interface says.
      }
    },
  }
}

/** A long path is told by its end; the file holds it whole. */
const nameOf = (file: string, program: string): string => `${program}-${encodeURIComponent(file).slice(-200)}.json`

/** Text without a secret in it, of plain data. */
function mayBeKept({text, config}: {readonly text: ConfigText; readonly config: Config}): boolean {
  if (secretRefs(config).some(({ref}) => typeof ref === 'string' && !isAddressAlone(ref))) return false
  if (/:\/\/[^/\s@]*:[^/\s@]*@/.test(Buffer.from(text.bytes).toString('utf8'))) return false
  return isDeepStrictEqual(JSON.parse(JSON.stringify(config)), config)
}

/** The URL of a database or cache without a password. That of a webhook is a secret as a whole. */
function isAddressAlone(ref: string): boolean {
  const url = URL.parse(ref)
  return url !== null && /^(postgres(ql)?|rediss?):$/.test(url.protocol) && url.password === '' && url.search === ''
}

function readOwn(directory: string, name: string): string {
  const uid = process.geteuid?.() ?? 0
  const place = lstatSync(directory)
  if (!place.isDirectory() || place.uid !== uid || (place.mode & 0o077) !== 0) throw new Error('it is not ours alone')
  const file = path.join(directory, name)
  const {uid: owner, mode} = lstatSync(file)
  if (owner !== uid || (mode & 0o077) !== 0) throw new Error('it is not ours alone')
  return readBoundedText(file)
}
