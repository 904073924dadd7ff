import type {Actor} from './actor.ts'

/** Whether two actors are one person, and by which evidence. Names and environments do not count. */
export function samePerson(a: Actor, b: Actor): {readonly same: boolean; readonly reason: string} {
  if (a.sshKey !== undefined && a.sshKey === b.sshKey) return {same: true, reason: 'the same SSH key'}
  const claimed = [a, b].find(({evidence}) => evidence === 'claimed')
  if (!claimed && a.loginUid !== undefined && b.loginUid !== undefined) {
    return a.loginUid === b.loginUid
      ? {same: true, reason: `both logged in as uid ${a.loginUid}`}
      : {same: false, reason: `logged in as uid ${a.loginUid} and ${b.loginUid}`}
  }
  // Where a login is unknown or only claimed, no two uids of theirs may meet: a claim never makes another person.
  const shared = uidsOf(a).find(uid => uidsOf(b).includes(uid))
  if (shared === undefined) return {same: false, reason: `uid ${a.uid} and ${b.uid}`}
  const why = claimed ? `the login of ${claimed.name} is only claimed` : 'the kernel knows no login of one of them'
  return {same: true, reason: `both run as uid ${shared} or logged in as it, and ${why}`}
}

const uidsOf = ({uid, loginUid}: Actor): readonly number[] => (loginUid === undefined ? [uid] : [uid, loginUid])
