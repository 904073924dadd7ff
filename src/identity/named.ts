import type {Actor} from './actor.ts'

/** Said beside a name that is only the account's: the kernel never set a login uid, as in containers and cron. */
export const NO_LOGIN = 'no login'

export const nameWith = (name: string, noLogin: boolean | undefined): string =>
  noLogin ? `${name}, ${NO_LOGIN}` : name

/** A person as every screen names them: whoever shares an account without a login of their own is not told apart. */
export const named = ({name, loginUid}: Pick<Actor, 'name' | 'loginUid'>): string =>
  nameWith(name, loginUid === undefined)

/** How well the name is known, likewise. */
export const evidenceWord = ({evidence, loginUid}: Pick<Actor, 'evidence' | 'loginUid'>): string =>
  nameWith(evidence, loginUid === undefined)

export const knownAs = ({
  name,
  loginUid,
}: Pick<Actor, 'name' | 'loginUid'>): {readonly name: string; readonly noLogin: boolean} => ({
  name,
  noLogin: loginUid === undefined,
})
