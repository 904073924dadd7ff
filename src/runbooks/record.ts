import type {AuditLog} from '../audit/record.ts'
import type {CommandRecord} from '../shell/command-record.ts'
import {escapeText} from '../text/escape.ts'
import {redactAnnounced} from '../text/redact.ts'
import type {StepContext} from './define.ts'
import {type RecordingTools, recordEvent} from './into-trail.ts'
import type {Journal, OutputSink} from './ports.ts'

/** Records what one step does: its commands in journal and audit, literal and redacted, each durable before it runs. */
export interface StepRecord extends CommandRecord {
  readonly step: string
}

/** A longer command line is cut where it is shown and recorded; the command itself gets all of it. */
const LONGEST_COMMAND = 100_000

export interface RecordTools {
  readonly journal: Journal
  readonly audit: AuditLog
  readonly output: OutputSink
  readonly redact: (text: string) => string
  readonly run: string
  readonly environment: string
  readonly nextCommand: () => number
}

export function recordStep(tools: RecordTools, step: string, targets: readonly string[]): StepRecord {
  const {journal, audit, output} = tools
  const line: StepRecord['line'] = (stream, text) => output.line({step, stream, text})
  return {
    step,
    line,
    intend: (text, dryRun) => {
      const command = tools.nextCommand()
      const literal = escapeText(redactAnnounced(tools.redact(text)), LONGEST_COMMAND)
      if (!dryRun)
        audit.append({
          action: 'command',
          phase: 'intent',
          target: targets.join(', ') || step,
          environment: tools.environment,
          run: tools.run,
          step,
          command: literal,
          journal: journal.anchor(),
        })
      // The audit record above is durable; this one only has to outlive the runner, not the machine.
      journal.note({type: 'command-started', step, command, text: literal, dryRun})
      line('command', literal)
      return command
    },
    started: (command, process) => {
      if (process) journal.note({type: 'command-process', step, command, process})
    },
    ended: (command, end) =>
      void journal.note({type: 'command-finished', step, command, ...end, error: tools.redact(end.error)}),
    orphans: processes => void journal.append({type: 'orphans', step, processes: processes.map(tools.redact)}),
  }
}

/** What the run saved so far, and `save`. A step sees at once what it saves itself, as its verification will. */
export function liveSaved(tools: RecordingTools, step: string): Pick<StepContext, 'saved' | 'save'> {
  const saved: Record<string, unknown> = {...tools.journal.state().saved}
  return {
    saved,
    save: (key, value) => {
      recordEvent(
        tools,
        {action: 'saved', phase: 'outcome', target: step, step, detail: {key}},
        {type: 'saved', step, key, value: value ?? null},
      )
      saved[key] = value ?? null
    },
  }
}
