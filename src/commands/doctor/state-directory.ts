import {randomUUID} from 'node:crypto'
import {closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync} from 'node:fs'
import path from 'node:path'
import {makeDirectory} from '../../files/make-directory.ts'
import {modesIn} from '../../files/modes.ts'
import {messageOf} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatBytes} from '../../units/bytes.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'

/** File systems on which SQLite's shared memory and file locks cannot be trusted, by their magic number. */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB 2'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x0bd00bd0, 'Lustre'],
  [0x00c36400, 'Ceph'],
  [0x47504653, 'GPFS'],
  [0x5346414f, 'AFS'],
])
const TMPFS = 0x01021994
const LITTLE_SPACE = 1024 ** 3

/** Whether runs and audit can be kept here: writable, private, durable, with room. */
export function checkStateDirectory(directory: string): Check[] {
  const shown = escapeLine(directory, 200)
  try {
    makeDirectory(directory)
    tryToWrite(directory)
  } catch (error) {
    return [
      failed(
        'state directory',
        `${shown} cannot be written: ${messageOf(error)}`,
        'Set OPSCONSOLE_STATE_DIR to a directory that you can write.',
      ),
    ]
  }
  return [...checkMode(directory, shown), ...checkFileSystem(directory, shown)]
}

function tryToWrite(directory: string): void {
  const file = path.join(directory, `.doctor-${randomUUID()}`)
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, 'doctor')
    fsyncSync(handle)
  } finally {
    closeSync(handle)
    rmSync(file, {force: true})
  }
}

function checkMode(directory: string, shown: string): Check[] {
  const {mode, gid} = statSync(directory)
  if (modesIn(directory).shared)
    return [ok('state directory', `${shown}, shared with group ${gid}: all its members can start and approve runs`)]
  if ((mode & 0o077) === 0) return [ok('state directory', shown)]
  const octal = (mode & 0o777).toString(8)
  return [
    warning(
      'state directory',
      `${shown} has mode ${octal}: others on this host can read runs and audit`,
      `chmod 700 ${shown}`,
    ),
  ]
}

function checkFileSystem(directory: string, shown: string): Check[] {
  const {type, bavail, bsize, ffree, files} = statfsSync(directory)
  const remote = REMOTE.get(type)
  const free = bavail * bsize
  const checks: Check[] = []
  if (remote) {
    checks.push(
      failed(
        'state file system',
        `${shown} is on ${remote}: locks of several processes are not reliable there`,
        'Set OPSCONSOLE_STATE_DIR to a directory on a local disk.',
      ),
    )
  } else if (type === TMPFS) {
    checks.push(
      warning(
        'state file system',
        `${shown} is on tmpfs: the audit trail is gone after a reboot`,
        'Set OPSCONSOLE_STATE_DIR to a directory on a disk.',
      ),
    )
  } else checks.push(ok('state file system', `local, ${formatBytes(free)} free`))
  if (free < LITTLE_SPACE)
    checks.push(
      warning(
        'disk space',
        `${formatBytes(free)} free under ${shown}`,
        'Make room: nothing runs when the audit trail cannot be written.',
      ),
    )
  if (files > 0 && ffree < 1000)
    checks.push(warning('inodes', `${ffree} left under ${shown}`, 'Remove small files on that disk.'))
  return checks
}

/** A secret in a file that others can read is no secret. Undefined: nothing to say. */
export function checkPrivate(name: string, file: string): Check | undefined {
  if (!existsSync(file)) return undefined
  const {mode} = statSync(file)
  if ((mode & 0o044) === 0) return undefined
  const shown = escapeLine(file, 200)
  return warning(name, `${shown} can be read by others (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${shown}`)
}
