import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Clock} from '../../units/clock.ts'
import type {AlertmanagerClient, AlertmanagerTools} from './client.ts'
import type {AlertmanagerSpec} from './config.ts'
import type {ReadingStore, TheirMatcher} from './reading.ts'
import {ACKNOWLEDGED} from './rows.ts'
import {readAlertmanager} from './watch.ts'

/** What people change at Alertmanagers. Raises `alert/unknown`, `alert/alertmanager`. */
export interface AlertmanagerChanges {
  /** Gives the id of the silence that it is there. */
  acknowledge(id: string, said: {readonly by: string; readonly note: string}, signal: AbortSignal): Promise<string>
  silence(id: string, said: SaidThere, signal: AbortSignal): Promise<string>
  /** By matchers of one's own, at the Alertmanager of that name. */
  silenceMatching(
    source: string,
    matchers: readonly TheirMatcher[],
    said: SaidThere,
    signal: AbortSignal,
  ): Promise<string>
  expire(source: string, id: string, signal: AbortSignal): Promise<void>
}

interface SaidThere {
  readonly by: string
  readonly reason: string
  /** Undefined: as long as an acknowledgement lasts there, for a silence of theirs must have an end. */
  readonly forMs: number | undefined
}

interface Parts {
  readonly specs: () => readonly AlertmanagerSpec[]
  readonly tools: AlertmanagerTools
  readonly clock: Clock
  readonly store: () => ReadingStore
}

export function openChanges(parts: Parts): AlertmanagerChanges {
  const {clock} = parts
  const silenceMatching: AlertmanagerChanges['silenceMatching'] = (source, matchers, said, signal) =>
    change(parts, source, signal, (client, spec) => {
      const startsAt = clock.now()
      const endsAt = startsAt + (said.forMs ?? spec.acknowledgeFor)
      return client.silence({matchers, author: said.by, comment: said.reason, startsAt, endsAt}, signal)
    })
  const silence: AlertmanagerChanges['silence'] = async (id, said, signal) => {
    const source = id.slice(0, id.indexOf(':'))
    const fingerprint = id.slice(id.lastIndexOf(':') + 1)
    const labels = await ask(parts, source, client => client.labels(fingerprint, signal))
    if (labels === undefined) throw new OpsError('alert/unknown', `alert ${escapeLine(id, 200)} is no longer open`)
    const matchers = Object.entries(labels).map(([name, value]) => ({name, value, isRegex: false, isEqual: true}))
    return silenceMatching(source, matchers, said, signal)
  }
  return {
    acknowledge: (id, {by, note}, signal) =>
      silence(id, {by, reason: note === '' ? ACKNOWLEDGED : `${ACKNOWLEDGED}: ${note}`, forMs: undefined}, signal),
    silence,
    silenceMatching,
    expire: (source, id, signal) => change(parts, source, signal, client => client.expire(id, signal)),
  }
}

type Work<T> = (client: AlertmanagerClient, spec: AlertmanagerSpec) => Promise<T>

async function ask<T>({specs, tools}: Parts, source: string, work: Work<T>): Promise<T> {
  const spec = specOf(specs(), source)
  const {openAlertmanager} = await import('./client.ts')
  try {
    return await work(openAlertmanager(spec, tools), spec)
  } catch (cause) {
    throw new OpsError('alert/alertmanager', `${spec.name}: ${(cause as Error).message}`, {cause})
  }
}

/** What changes is read again, so that every window shows what is there now. */
async function change<T>(parts: Parts, source: string, signal: AbortSignal, work: Work<T>): Promise<T> {
  const done = await ask(parts, source, work)
  const store = parts.store()
  const before = store.all().find(reading => reading.source === source)
  store.save(await readAlertmanager(specOf(parts.specs(), source), {...parts, before}, signal))
  return done
}

function specOf(specs: readonly AlertmanagerSpec[], source: string): AlertmanagerSpec {
  const spec = specs.find(({name}) => name === source)
  if (spec) return spec
  throw new OpsError('alert/unknown', `no Alertmanager is called ${escapeLine(source, 60)}`, {
    hint: `There is: ${specs.map(({name}) => name).join(', ') || 'none'}`,
  })
}
