import path from 'node:path'
import {type BackupStorage, type StorageTools, type StoredFile, TEXT_LIMIT} from '../storage.ts'
import {remotePath, sshAddress} from './argv.ts'
import {storageFailure, strangeAnswer} from './failure.ts'
import {askRemote, type Remote, streamRemote} from './remote.ts'
import type {SshStorageSpec} from './schema.ts'
import {END, listScript, MISSING, PARTIAL, readScript, removeScript, spaceScript, textsScript} from './scripts.ts'
import {resumeRemote} from './resume.ts'
import {beginRemote} from './unfinished.ts'

/** A command is one argument, and the kernel takes 128 KB of one; in octal a byte may be five. */
const NAMES_BYTES = 16 * 1024
const KIND = 0o170_000
const REGULAR = 0o100_000

/** A directory of another host, over the OpenSSH client of this one. */
export function sshStorage(spec: SshStorageSpec, {folder}: StorageTools, answerMs = 60_000): BackupStorage {
  const remote: Remote = {
    spec,
    answerMs,
    directory: `${remotePath(spec.path)}/${folder}`,
    address: `${sshAddress(spec)}/${folder}`,
  }
  const {address, directory} = remote
  return {
    address,
    durability:
      'on the disk of the host when it is whole: synced there, renamed into place, directory synced where it can be',
    async list(signal) {
      return filesIn(await askRemote(remote, listScript(directory), signal), address)
    },
    async stat(name, signal) {
      const files = filesIn(await askRemote(remote, listScript(directory, plain(name)), signal), address)
      return files.find(({whole}) => whole)
    },
    async readTexts(names, signal) {
      const texts = new Map<string, string | Error>()
      for (const some of inCommands(names)) {
        const answer = await askRemote(remote, textsScript(directory, some.map(plain)), signal)
        for (const [index, text] of textsIn(answer, address)) texts.set(some[index] ?? '', text)
      }
      return texts
    },
    read: (name, {offset = 0, signal} = {}) =>
      streamRemote(remote, readScript(directory, plain(name), offset), signal ?? new AbortController().signal),
    begin: (name, signal) => beginRemote(remote, plain(name), signal),
    resume: (name, signal) => resumeRemote(remote, plain(name), signal),
    async remove(names, signal) {
      for (const some of inCommands(names)) await askRemote(remote, removeScript(directory, some.map(plain)), signal)
    },
    async freeBytes(signal) {
      const answer = (await askRemote(remote, spaceScript(directory), signal)).toString()
      const kilobytes = /^\S+ +\d+ +\d+ +(\d+) /m.exec(answer.split('\n')[1] ?? '')?.[1]
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
    },
  }
}

/** A name cannot leave the directory. */
const plain = (name: string): string => path.posix.basename(name)

/** As many names as one command can carry. */
function inCommands(names: readonly string[]): readonly (readonly string[])[] {
  const commands: string[][] = []
  let bytes = NAMES_BYTES
  for (const name of names) {
    bytes += Buffer.byteLength(name) + 40
    if (bytes > NAMES_BYTES) {
      commands.push([])
      bytes = Buffer.byteLength(name) + 40
    }
    commands.at(-1)?.push(name)
  }
  return commands
}

/** What `listScript` printed. Raises when the answer was cut. */
export function filesIn(answer: Buffer, address: string): readonly StoredFile[] {
  const records = answer.toString('utf8').split('\0')
  const last = records.at(-2)
  if (last === MISSING) return []
  if (last !== END) throw storageFailure(address, 'the list of its files is incomplete')
  return records.slice(0, -2).flatMap(record => {
    const [, bytes, seconds, mode, written] = /^(\d+) (-?[\d.]+) ([0-9a-f]+) (?:\.\/)?(.*)$/s.exec(record) ?? []
    // One that is left out would be a backup that is missing.
    if (written === undefined) throw strangeAnswer(address, record)
    if ((Number.parseInt(mode ?? '0', 16) & KIND) !== REGULAR) return []
    const whole = !written.endsWith(PARTIAL)
    const name = whole ? written : written.replace(/(?:\.[0-9a-f]{8})?\.partial$/, '')
    return [{name, bytes: Number(bytes), modifiedMs: Math.round(Number(seconds) * 1000), whole}]
  })
}

/** What `textsScript` printed: texts by the number of their name. Raises when the answer was cut. */
export function textsIn(answer: Buffer, address: string): ReadonlyMap<number, string | Error> {
  const text = answer.toString('latin1')
  if (text === `${MISSING}\0`) return new Map()
  const lines = text.split('\n')
  if (lines.at(-2) !== END) throw storageFailure(address, 'the answer is incomplete')
  return new Map(
    lines.slice(0, -2).map(line => {
      const [number = '', encoded = ''] = line.split(' ')
      if (!/^\d+$/.test(number)) throw strangeAnswer(address, line)
      const value = encoded.endsWith('!')
        ? new Error(`it cannot be read, or is larger than ${TEXT_LIMIT / 1024 / 1024} MB`)
        : Buffer.from(encoded, 'base64').toString('utf8')
      return [Number(number), value] as const
    }),
  )
}
