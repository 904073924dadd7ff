import {formatDuration} from '../units/duration.ts'
import {hostCounts, hostWord} from './host-words.ts'
import type {RunState, StepView} from './state.ts'
import {nameWith} from '../identity/named.ts'

/** What is left after a run: a document for people and the same as data. */
export interface RunReport {
  readonly run: string
  readonly runbook: string
  readonly environment: string
  readonly actor: string
  /** The kernel knows no login, so `actor` is an account that several people may use. */
  readonly noLogin?: boolean
  readonly from: string
  readonly reason: string
  readonly dryRun: boolean
  readonly params: Readonly<Record<string, unknown>>
  readonly planHash: string
  readonly startedAt: string
  readonly outcome: string
  readonly exitCode: number
  readonly durationMs: number
  readonly usualMs: number | undefined
  readonly why: string
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly state: string
    readonly durationMs: number | undefined
    readonly usualMs: number | undefined
    readonly reason: string
  }[]
  /** One line a host, where steps did their work on many; left out when none did. */
  readonly hosts?: readonly {
    readonly step: string
    readonly host: string
    readonly state: string
    readonly durationMs: number | undefined
    readonly reason: string
  }[]
  readonly afterwards: readonly string[]
  /** The runbook's own measurements. */
  readonly own: unknown
}

export function makeReport(state: RunState, own: unknown): RunReport {
  return {
    run: state.run,
    runbook: state.plan?.runbook ?? '',
    environment: state.plan?.environment ?? '',
    actor: state.actor?.name ?? '',
    ...(state.actor && state.actor.loginUid === undefined ? {noLogin: true} : {}),
    from: state.actor?.from ?? '',
    reason: state.reason,
    dryRun: state.dryRun,
    params: state.plan?.params ?? {},
    planHash: state.plan?.hash ?? '',
    startedAt: new Date(state.startedAt ?? 0).toISOString(),
    outcome: state.outcome ?? 'not ended',
    exitCode: state.exitCode ?? 9,
    durationMs: state.durationMs ?? 0,
    usualMs: state.plan?.usualMs,
    why: state.endReason,
    steps: state.steps.map(stepRow),
    ...hostRows(state),
    afterwards: state.afterwards,
    own,
  }
}

const stepRow = (view: StepView): RunReport['steps'][number] => ({
  id: view.step.id,
  title: view.step.title,
  state: view.state,
  durationMs: view.durationMs,
  usualMs: view.step.usualMs,
  reason: view.reason,
})

function hostRows({steps}: RunState): Pick<RunReport, 'hosts'> {
  const hosts = steps.flatMap(({step, hosts: own = []}) =>
    own.map(({host, state, durationMs, reason}) => ({step: step.id, host, state, durationMs, reason})),
  )
  return hosts.length === 0 ? {} : {hosts}
}

export function writeMarkdown(report: RunReport, ownMarkdown: string): string {
  const cell = (text: string): string => words(text).replaceAll('|', '\\|')
  const time = (ms: number | undefined): string => (ms === undefined ? '–' : formatDuration(ms))
  const lines = [
    `# ${report.runbook} in ${report.environment}: ${report.outcome}${report.dryRun ? ' (dry run)' : ''}`,
    '',
    `- Run ${report.run}, started ${report.startedAt} by ${words(nameWith(report.actor, report.noLogin))} from ${words(report.from)}`,
    `- Took ${time(report.durationMs)}${report.usualMs === undefined ? '' : `, usually ${time(report.usualMs)}`}, exit code ${report.exitCode}`,
    ...(report.reason ? [`- Reason: ${words(report.reason)}`] : []),
    ...(report.why ? [`- ${words(report.why)}`] : []),
    ...Object.entries(report.params).map(([name, value]) => `- ${name}: ${cell(String(value as string))}`),
    `- Plan ${report.planHash}`,
    '',
    '| step | state | took | usual | |',
    '|---|---|---|---|---|',
    ...report.steps.map(
      step =>
        `| ${cell(step.title)} | ${step.state} | ${time(step.durationMs)} | ${time(step.usualMs)} | ${cell(step.reason)} |`,
    ),
    ...(report.hosts === undefined
      ? []
      : [
          '',
          `## Hosts: ${hostCounts(report.hosts)}`,
          '',
          '| host | state | took | step | |',
          '|---|---|---|---|---|',
          ...report.hosts.map(
            ({host, state, durationMs, step, reason}) =>
              `| ${cell(host)} | ${hostWord(state)} | ${time(durationMs)} | ${cell(step)} | ${cell(reason)} |`,
          ),
        ]),
    ...(report.afterwards.length > 0
      ? ['', '## Follow-up', '', ...report.afterwards.map(line => `- [ ] ${words(line)}`)]
      : []),
    ...(ownMarkdown ? ['', ownMarkdown.trimEnd()] : []),
    '',
  ]
  return lines.join('\n')
}

/**
 * One line in which nothing from outside becomes a link, a picture or HTML where the document is rendered. A backslash would take
 * the escape away from what follows it.
 */
const words = (text: string): string =>
  text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\<[]/g, String.raw`\$&`)
    .replaceAll('://', String.raw`\://`)
