import {readFileSync} from 'node:fs'
import {sleep} from '../units/clock.ts'
import {allPids} from './all-pids.ts'
import {processStat} from './identity.ts'

/** Sends a signal to a whole process group; false when nothing is left in it. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Live members of a process group. A zombie that nobody has reaped yet does not count. */
export function groupMembers(group: number): readonly number[] {
  return allPids().filter(pid => {
    const stat = processStat(pid)
    return stat?.group === group && stat.state !== 'Z' && stat.state !== 'X'
  })
}

/**
 * Live processes that carry `NAME=value` in the environment they were started with, wherever they went, or that stayed
 * in one of the sessions.
 */
export function processesTagged(
  name: string,
  value: string,
  sessions: ReadonlySet<number> = new Set(),
): readonly {readonly pid: number; readonly command: string}[] {
  const tag = `${name}=${value}`
  return allPids().flatMap(pid => {
    try {
      const stat = processStat(pid)
      if (!stat || stat.state === 'Z') return []
      const ours = sessions.has(stat.session) || readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(tag)
      return ours ? [{pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}] : []
    } catch {
      return []
    }
  })
}

/** TERM, a grace period, KILL; resolves when no member of the group is left, true if it had to be killed. */
export async function stopGroup(group: number, graceMs = 10_000): Promise<boolean> {
  if (!signalGroup(group, 'SIGTERM')) return false
  const deadline = performance.now() + graceMs
  while (performance.now() < deadline) {
    if (groupMembers(group).length === 0) return false
    await sleep(20)
  }
  signalGroup(group, 'SIGKILL')
  for (let round = 0; round < 100 && groupMembers(group).length > 0; round += 1) await sleep(20)
  return true
}
