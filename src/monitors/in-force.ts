import {formatMoment} from '../units/moment.ts'
import type {Target} from './sample.ts'

/** Which configuration a process works by. Moments are those at which the file was written. */
export interface InForce {
  readonly file: string
  readonly writtenAt: number
  /** The file as it is now, when it is not accepted: the one that was accepted stays in force. */
  readonly refused?: {readonly writtenAt: number | undefined; readonly reason: string} | undefined
}

/** What became of a look at the configuration. */
export interface Reloaded {
  /** `same`: nothing to do. `refused`: what was in force stays, wholly. */
  readonly outcome: 'same' | 'taken' | 'refused'
  /** What is watched from now on, when it was taken. */
  readonly targets?: readonly Target[]
}

/** Where what is watched comes from, when it can change under a monitor. */
export interface ChangingConfig {
  /** Looks at the file; `now`: somebody asked, so it is taken as it is, also when it is what it was. Never throws. */
  reload(now: boolean): Reloaded
  inForce(): InForce
}

/** `configuration of 14:02 UTC in force; opsconsole.yaml changed 15:10 UTC is refused: line 12 …`; undefined: none is refused. */
export function refusedWords({file, writtenAt, refused}: InForce, now: number): string | undefined {
  if (refused === undefined) return undefined
  const name = file.slice(file.lastIndexOf('/') + 1)
  const change =
    refused.writtenAt === undefined ? 'is refused' : `changed ${formatMoment(refused.writtenAt, now)} is refused`
  return `configuration of ${formatMoment(writtenAt, now)} in force; ${name} ${change}: ${refused.reason}`
}
