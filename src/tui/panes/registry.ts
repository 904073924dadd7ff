import {alertsPane} from './alerts.ts'
import {auditPane} from './audit.ts'
import {backupsPane} from './backups.ts'
import {cachesPane} from './caches.ts'
import {databasesPane} from './databases.ts'
import type {Pane} from './pane.ts'
import {heartbeatsPane} from './heartbeats.ts'
import {releasesPane} from './releases.ts'
import {runsPane} from './runs.ts'
import {schedulesPane} from './schedules.ts'
import {serversPane} from './servers.ts'
import {servicesPane} from './services.ts'

/** All panes, in the order of their numbers; a new one is a file here and a line below. */
export const ALL_PANES = [
  servicesPane,
  alertsPane,
  cachesPane,
  backupsPane,
  releasesPane,
  runsPane,
  databasesPane,
  auditPane,
  schedulesPane,
  heartbeatsPane,
  serversPane,
] as const

/** The things that have a screen of their own. */
export type Noun = (typeof ALL_PANES)[number]['noun']

export const NOUNS: readonly Noun[] = ALL_PANES.map(pane => pane.noun)

export const PANES = Object.fromEntries(ALL_PANES.map(pane => [pane.noun, pane])) as unknown as Readonly<
  Record<Noun, Pane>
>

/** Numbers there are keys for. */
const NUMBERED = 9

/** The key that opens a noun's screen: its number in the order of the list, and beyond nine `g` and its letter. */
export function nounKey(noun: Noun): string {
  const number = NOUNS.indexOf(noun) + 1
  return number <= NUMBERED ? String(number) : `g ${PANES[noun].letter}`
}

/** All keys that open it. */
export function paneKeys(noun: Noun): readonly string[] {
  const {key, letter} = PANES[noun]
  return [...new Set([nounKey(noun), `g ${letter}`, ...(key === undefined ? [] : [key])])]
}
