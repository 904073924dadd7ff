import {processesTagged} from '../processes/stop.ts'
import type {CommandRecord} from '../shell/command-record.ts'

/** Knows what a step started, to name what still runs when it should not. */
export interface Orphans {
  /** The same record, with an eye on the processes that are started. */
  watch(key: string, record: CommandRecord): CommandRecord
  /** Live processes of the step, by its mark in their environment or because they never left a session of its commands. */
  readonly of: (key: string) => readonly string[]
}

export function watchOrphans(redact: (text: string) => string): Orphans {
  let step = {key: '', sessions: new Set<number>()}
  return {
    watch: (key, record) => {
      if (step.key !== key) step = {key, sessions: new Set()}
      const {sessions} = step
      return {
        ...record,
        started: (command, process) => {
          if (process) sessions.add(process.pid)
          record.started(command, process)
        },
      }
    },
    of: key =>
      processesTagged('OPSCONSOLE_IDEMPOTENCY_KEY', key, step.key === key ? step.sessions : undefined).map(
        ({pid, command}) => `${pid} ${redact(command).slice(0, 200)}`,
      ),
  }
}
