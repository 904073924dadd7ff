import {alertsPane} from './alerts.ts'
import {auditPane} from './audit.ts'
import {backupsPane} from './backups.ts'
import {cachesPane} from './caches.ts'
import {databasesPane} from './databases.ts'
import type {Noun, Pane} from './pane.ts'
import {NOUNS} from './pane.ts'
import {releasesPane} from './releases.ts'
import {runsPane} from './runs.ts'
import {servicesPane} from './services.ts'

/** All panes; a new one is a file here and a line below. */
export const PANES: Readonly<Record<Noun, Pane>> = {
  services: servicesPane,
  alerts: alertsPane,
  caches: cachesPane,
  backups: backupsPane,
  releases: releasesPane,
  runs: runsPane,
  databases: databasesPane,
  audit: auditPane,
}

/** The key that opens a noun's screen: `1` to `8`, in the order of NOUNS. */
export const nounKey = (noun: Noun): string => String(NOUNS.indexOf(noun) + 1)
