import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Clock} from '../../units/clock.ts'
import {once} from '../../units/once.ts'
import type {AlertStore} from '../alert-store.ts'
import {SENT_BY_US} from '../sent-by-us.ts'
import {markOf} from '../intake/mark.ts'
import type {IntakeSpec} from '../intake/config.ts'
import type {AlertRow} from '../rows.ts'
import type {Alert} from '../state.ts'
import {type AlertmanagerChanges, openChanges} from './changes.ts'
import type {AlertmanagerTools} from './client.ts'
import type {AlertmanagerSpec} from './config.ts'
import type {Reading, ReadingStore} from './reading.ts'
import {isNoDataId, type IsOurs, theirNotices, theirRows, type Theirs, theirSilenceRows} from './rows.ts'
import {readAlertmanager} from './watch.ts'

/** What windows see of Alertmanagers, and what people change there. */
export interface AlertmanagerDesk extends AlertmanagerChanges {
  /** Reads all of them now, for one command where nobody watches; nothing of it is kept. */
  readNow(signal: AbortSignal): Promise<void>
  rows(now: number): readonly AlertRow[]
  notices(now: number): ReturnType<typeof theirNotices>
  silences(now: number): ReturnType<typeof theirSilenceRows>
  /** Their open alert of that id, or the only one whose id contains the text; undefined: there is none. Raises `alert/unknown`. */
  find(text: string, environment: string): AlertRow | undefined
  /** Which of them has an active silence of that id. */
  sourceOfSilence(id: string): string | undefined
}

export interface DeskParts {
  readonly config: () => {
    readonly alerts: {
      readonly alertmanagers: readonly AlertmanagerSpec[]
      readonly intake: readonly Pick<IntakeSpec, 'name' | 'type'>[]
    }
    readonly environments: readonly {readonly name: string}[]
  }
  readonly tools: AlertmanagerTools
  readonly store: () => ReadingStore
  readonly alertStore: () => Pick<AlertStore, 'since'>
  readonly clock: Clock
}

/** So long an alert of ours that is over may still be one there: it is told of the end, and read again, a little later. */
const KNOWN_LATER_MS = 5 * 60_000

export function openDesk(parts: DeskParts): AlertmanagerDesk {
  const {tools, clock} = parts
  const store = once(parts.store)
  let seen: readonly Reading[] | undefined
  const specs = (): readonly AlertmanagerSpec[] => parts.config().alerts.alertmanagers
  /** Without an Alertmanager nothing is read. */
  const show = <Row>(rows: (theirs: Theirs) => readonly Row[], now: number): readonly Row[] => {
    if (specs().length === 0) return []
    const environments = parts.config().environments.map(({name}) => name)
    return rows({specs: specs(), readings: seen ?? store().all(), environments, now})
  }
  /** Open, or over so short a time that the Alertmanager, or its next reading, need not know it yet. */
  const ours = (now: number): IsOurs =>
    oursAmong(parts.alertStore().since(now - KNOWN_LATER_MS), parts.config().alerts.intake)
  const rows = (now: number): readonly AlertRow[] => show(theirs => theirRows(theirs, ours(now)), now)
  const silences = (now: number) => show(theirSilenceRows, now)
  return {
    ...openChanges({specs, tools, clock, store}),
    async readNow(signal) {
      const before = specs().length === 0 ? [] : store().all()
      const known = (name: string): Reading | undefined => before.find(({source}) => source === name)
      seen = await Promise.all(
        specs().map(spec => readAlertmanager(spec, {tools, clock, before: known(spec.name)}, signal)),
      )
    },
    rows,
    notices: now => show(theirNotices, now),
    silences,
    find: (text, environment) =>
      onlyMatch(
        rows(clock.now()).filter(row => row.environment === environment && !isNoDataId(row.id)),
        text,
      ),
    sourceOfSilence: id =>
      silences(clock.now()).find(silence => silence.id === id && silence.state === 'active')?.source,
  }
}

/** By our id, which we sent with it, or by the fingerprint under which an Alertmanager posted it to us. */
function oursAmong(open: readonly Alert[], intake: readonly Pick<IntakeSpec, 'name' | 'type'>[]): IsOurs {
  const senders = new Set(intake.flatMap(({name, type}) => (type === 'alertmanager' ? [name] : [])))
  const ids = new Set(open.map(({id}) => id))
  const posted = new Set(
    open.flatMap(({source = '', environment, name}) =>
      senders.has(source) ? [`${environment} ${name.slice(name.lastIndexOf('~') + 1)}`] : [],
    ),
  )
  return ({annotations, fingerprint}, environment) =>
    ids.has(annotations[SENT_BY_US] ?? '') || posted.has(`${environment} ${markOf(fingerprint)}`)
}

function onlyMatch(open: readonly AlertRow[], text: string): AlertRow | undefined {
  const matches = open.filter(({id}) => text !== '' && id.includes(text))
  const exact = matches.find(({id}) => id === text)
  if (exact ?? matches.length <= 1) return exact ?? matches[0]
  const named = matches.map(({id}) => id).join(', ')
  throw new OpsError('alert/unknown', `several alerts match ${escapeLine(text, 100)}: ${named}`)
}
