/** What is done to a run, to the processes around it and to its journal, and what a person must then be shown. */
import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {encodeRecord, readLog} from '../../src/store/append-log.ts'
import type {RunEvent} from '../../src/runbooks/events.ts'
import {isAlive} from '../../src/processes/identity.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import type {Program} from '../program/program.ts'

export const journalFile = (program: Program, run: string): string =>
  path.join(program.stateDir, 'runs', run, 'journal')

export const eventsIn = (program: Program, run: string): readonly RunEvent[] =>
  readEvents(journalFile(program, run)).events

type Edit = (events: readonly RunEvent[], random: () => number) => readonly RunEvent[]

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T
const numbered = (events: readonly RunEvent[]): readonly RunEvent[] =>
  events.map((event, index) => ({...event, seq: index + 1}))

/** Each leaves a journal whose lengths, checksums and numbers are right: only the trail knows better. */
export const EDITS: Readonly<Record<string, Edit>> = {
  'claims what was not run': events => {
    const plan = events.find(event => event.type === 'run-started')?.plan
    const done = new Set(events.flatMap(event => (event.type === 'step-finished' ? [event.step] : [])))
    const left = (plan?.steps ?? []).map(({id}) => id).filter(id => !done.has(id))
    const base = {v: 1, at: Date.now(), run: events[0]?.run ?? ''} as const
    // Of a run that came through all of them, one more.
    const claimed = (left.length > 0 ? left : ['six']).flatMap(id => [
      {...base, seq: 0, type: 'step-started', step: id, attempt: 1, key: id, phase: 'run'},
      {...base, seq: 0, type: 'step-finished', step: id, phase: 'run', outcome: 'done', reason: '', durationMs: 1},
    ]) as readonly RunEvent[]
    return numbered([...events, ...claimed])
  },
  'hides a step that was done': (events, random) => {
    const done = pick(
      events.filter(event => event.type === 'step-finished'),
      random,
    )
    return numbered(events.filter(event => !('step' in event) || event.step !== done.step))
  },
  'gives an outcome another word': (events, random) => {
    const finished = pick(
      events.filter(event => event.type === 'step-finished'),
      random,
    )
    const other = finished.outcome === 'done' ? 'failed' : 'done'
    return events.map(event => (event === finished ? {...finished, outcome: other} : event))
  },
  'names another person': events =>
    events.map(event => (event.type === 'run-started' ? {...event, actor: {...event.actor, name: 'grace'}} : event)),
  'lacks a record in the middle': (events, random) => {
    const at = 1 + Math.floor(random() * (events.length - 2))
    return numbered(events.toSpliced(at, 1))
  },
}

/** Edits a journal in its place, and returns what puts it back; what was written behind the edited part stays. */
export function editJournal(program: Program, run: string, edit: Edit, random: () => number): () => void {
  const file = journalFile(program, run)
  const before = readFileSync(file)
  const events = readLog(file).records.map(({payload}) => JSON.parse(payload) as RunEvent)
  const edited = Buffer.concat(edit(events, random).map(event => encodeRecord(JSON.stringify(event))))
  writeFileSync(file, edited)
  return () => writeFileSync(file, Buffer.concat([before, readFileSync(file).subarray(edited.length)]))
}

/** The table of crash windows, from what is on disk alone: what each step must be shown as once its runner is gone. */
export function expectedOf(program: Program, run: string): {states: readonly string[]; inFlight: RegExp | undefined} {
  const events = eventsIn(program, run)
  const plan = events.find(event => event.type === 'run-started')?.plan
  const states = (plan?.steps ?? []).map(({id}) => {
    const last = events.findLast(event => 'step' in event && event.step === id && event.type.startsWith('step-'))
    if (last === undefined) return 'pending'
    return last.type === 'step-finished' ? last.outcome : 'unknown'
  })
  return {states, inFlight: inFlightOf(program, run, events)}
}

function inFlightOf(program: Program, run: string, events: readonly RunEvent[]): RegExp | undefined {
  const started = events.findLast(event => event.type === 'command-started')
  if (started === undefined) return undefined
  const {command} = started
  if (events.some(event => event.type === 'command-finished' && event.command === command)) return undefined
  if (hasExit(path.join(program.stateDir, 'runs', run, 'spool', `${command}.exit`)))
    return /^finished while nobody watched, exit code \d+: /
  const process = events.findLast(event => event.type === 'command-process' && event.command === command)
  if (process?.type !== 'command-process') return /^(?:still running|finished while|had started)/
  return isAlive(process.process) ? /^still running as process \d+: / : /^had started, and how it ended is unknown: /
}

function hasExit(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').endsWith('\n')
  } catch {
    return false
  }
}
