import type {Actor} from './actor.ts'

/** Whether two actors are one person, and by which evidence. Names and environments do not count. */
export function samePerson(a: Actor, b: Actor): {readonly same: boolean; readonly reason: string} {
  if (a.sshKey !== undefined && a.sshKey === b.sshKey) return {same: true, reason: 'the same SSH key'}
  if (a.loginUid !== undefined && b.loginUid !== undefined) {
    return a.loginUid === b.loginUid
      ? {same: true, reason: `both logged in as uid ${a.loginUid}`}
      : {same: false, reason: `logged in as uid ${a.loginUid} and ${b.loginUid}`}
  }
  // Without a login uid on both sides only the uid is kernel evidence: sudo or a second session changes nothing.
  return a.uid === b.uid
    ? {same: true, reason: `both run as uid ${a.uid}, and the kernel knows no login of one of them`}
    : {same: false, reason: `uid ${a.uid} and ${b.uid}`}
}
