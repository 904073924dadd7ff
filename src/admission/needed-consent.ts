import type {Danger} from './change.ts'

/** What must be said before a change: a plain yes, and the name of its environment. */
export interface NeededConsent {
  readonly yes: boolean
  readonly typed: string | undefined
}

/** A plain yes is given too easily where an environment is protected: there its name is typed. */
export const neededConsent = (
  danger: Danger,
  environment: {readonly name: string; readonly protected: boolean} | undefined,
): NeededConsent => ({
  yes: danger === 'destructive',
  typed: danger !== 'safe' && environment?.protected ? environment.name : undefined,
})

/** The same as flags of a command: `--yes --confirm production`. */
export const consentFlags = ({yes, typed}: NeededConsent): string =>
  [yes ? '--yes' : '', typed === undefined ? '' : `--confirm ${typed}`].filter(Boolean).join(' ')
