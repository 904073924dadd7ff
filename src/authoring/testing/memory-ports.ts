import type {JournalAnchor} from '../../audit/anchor.ts'
import type {AuditEntry, AuditLog, AuditRecord} from '../../audit/record.ts'
import type {Actor} from '../../identity/actor.ts'
import type {Clock} from '../../units/clock.ts'
import type {AnswerQueue} from '../../runbooks/answer-queue.ts'
import type {Prompt, RunEvent, RunEventBody} from '../../runbooks/events.ts'
import type {Journal, LockStore} from '../../runbooks/ports.ts'
import {emptyRun, reduceRun} from '../../runbooks/state.ts'

/** What the engine needs from a store, in memory. */

export interface MemoryJournal extends Journal {
  readonly events: readonly RunEvent[]
}

/** Nobody edits what is in memory. */
export const NO_ANCHOR: JournalAnchor = {records: 0, digest: '', each: ''}

export function memoryJournal(run: string, clock: Clock): MemoryJournal {
  const events: RunEvent[] = []
  let state = emptyRun(run)
  const append = (...bodies: readonly RunEventBody[]): readonly RunEvent[] => {
    const made = bodies.map((body): RunEvent => {
      const event: RunEvent = {v: 1, seq: state.lastSeq + 1, at: clock.now(), run, ...body}
      // As if it had been written and read: what does not survive JSON is lost in a test too.
      const stored = JSON.parse(JSON.stringify(event)) as RunEvent
      state = reduceRun(state, stored)
      return stored
    })
    events.push(...made)
    return made
  }
  return {
    events,
    append,
    note: append,
    flush: () => {},
    state: () => state,
    anchor: () => NO_ANCHOR,
    prepare: (...bodies) => ({anchor: NO_ANCHOR, write: () => void append(...bodies)}),
  }
}

export function memoryAudit(actor: Actor, clock: Clock): AuditLog & {readonly records: readonly AuditRecord[]} {
  const records: AuditRecord[] = []
  return {
    records,
    append: (entry: AuditEntry, by = actor) => {
      const record: AuditRecord = {...entry, v: 1, seq: records.length + 1, at: clock.now(), actor: by, prev: ''}
      records.push(record)
      return record
    },
    list: () => records,
  }
}

/** Locks that nobody else holds. */
export function memoryLocks(actor: Actor, clock: Clock): LockStore {
  let fence = 0
  return {
    acquire: claim => {
      fence += 1
      const process = {pid: 0, startTicks: 0, bootId: ''}
      const at = clock.now()
      return {
        held: {
          ...claim,
          scope: 'local',
          lock: `l${fence}`,
          host: actor.host,
          process,
          fence,
          acquiredAt: at,
          heartbeatAt: at,
        },
      }
    },
    confirm: () => undefined,
    heartbeat: () => {},
    release: (_run, resource) => (resource === undefined ? [] : [resource]),
  }
}

/** A person who answers at once. An answer that the question does not take is an error of the test. */
export function answeringQueue(actor: Actor, journal: Journal, answer: (prompt: Prompt) => string): AnswerQueue {
  return {
    answerTo: async (id, accepts) => {
      const prompt = journal.state().prompt
      if (prompt?.id !== id) throw new Error(`the question ${id} is not open`)
      const said = answer(prompt)
      const request = {kind: 'answer', prompt: id, answer: said, reason: '', by: actor, via: 'command'} as const
      if (!accepts(request)) {
        const wanted = prompt.type === undefined ? prompt.choices : [prompt.type, 'skip', 'abort']
        throw new Error(
          `${JSON.stringify(prompt.text)} takes ${wanted.join(', ')}, but was answered ${JSON.stringify(said)}`,
        )
      }
      return request
    },
    close: async () => {},
  }
}
