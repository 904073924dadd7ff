import {existsSync} from 'node:fs'
import {mkdir, open, readFile, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {OpsError, messageOf} from '../errors.ts'
import {bootId, identify, isAlive} from '../processes/identity.ts'
import type {ProcessIdentity} from '../processes/identity.ts'

export const lockFile = (dir: string): string => join(dir, 'lab.lock')

/** The `lab up` or `lab down` that works on the directory now; undefined when there is none or it died. */
export async function lockHolder(dir: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(lockFile(dir), 'utf8').catch(() => '')
  try {
    const holder = JSON.parse(text) as ProcessIdentity
    return isAlive(holder) ? holder : undefined
  } catch {
    return undefined
  }
}

/** Holds the directory while `work` runs, so that two commands never start or stop parts at once. */
export async function withLabLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  await makeDirectory(dir).catch((error: unknown) => {
    throw unwritable(dir, error)
  })
  const self = identify(process.pid) ?? {pid: process.pid, startTicks: 0, bootId: bootId()}
  for (let attempt = 0; ; attempt += 1) {
    try {
      const file = await open(lockFile(dir), 'wx', 0o600)
      await file.writeFile(JSON.stringify(self))
      await file.close()
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(dir, error)
      const holder = await lockHolder(dir)
      if (holder !== undefined || attempt > 3) throw busy(dir, holder)
      await rm(lockFile(dir), {force: true})
    }
  }
  try {
    return await work()
  } finally {
    await rm(lockFile(dir), {force: true})
  }
}

/** Step by step, because Node's own `recursive` never comes back where nothing can be made, such as under /proc. */
async function makeDirectory(path: string): Promise<void> {
  if (existsSync(path)) return
  await makeDirectory(dirname(path))
  await mkdir(path)
}

function busy(dir: string, holder: ProcessIdentity | undefined): OpsError {
  const who = holder === undefined ? 'another command' : `process ${holder.pid}`
  return new OpsError('lab/running', `${who} is starting or stopping the lab in ${dir}`, {
    hint: 'Wait for it, or stop it with Ctrl-C where it runs.',
  })
}

function unwritable(dir: string, error: unknown): OpsError {
  return new OpsError('state/unwritable', `cannot write in ${dir}: ${messageOf(error)}`, {cause: error})
}
