import {evidenceWord} from '../../identity/named.ts'
import {EXIT} from '../../errors.ts'
import type {RunView} from '../../runs/engine.ts'
import {isUnsettled} from '../../runbooks/host-states.ts'
import {hostWord} from '../../runbooks/host-words.ts'
import {oneLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {exitOfJournal, sayJournal} from './journal-notice.ts'
import {alignColumns} from './table.ts'

export const command: Command = {
  name: 'runs show',
  summary: 'Show a run: its steps, what it waits for, how it ended',
  arguments: [{name: 'run', required: true, completes: 'run', description: 'Run id'}],
  run: async ({args}, context) => {
    const run = args[0] as string
    const view = context.engine().state(run)
    const journal = context.json ? context.engine().compareJournal(run) : sayJournal(context, run)
    return {data: {...view, journal}, text: runText(view), exitCode: exitOfJournal(journal) ?? EXIT.done}
  },
}

export function runText(view: RunView): string {
  const state =
    view.outcome ?? (view.lost ? 'LOST: its runner is gone' : view.prompt ? 'waiting for an answer' : 'running')
  const rows = view.steps.flatMap(step => [
    [
      `  ${step.step.index + 1}`,
      step.state,
      step.durationMs === undefined ? '' : formatDuration(step.durationMs),
      step.step.title,
      step.reason,
    ],
    ...(step.hosts ?? []).map(({host, state, durationMs, reason}) => [
      '',
      hostWord(state),
      durationMs === undefined ? '' : formatDuration(durationMs),
      `  ${host}`,
      reason,
    ]),
  ])
  return [
    `${view.run}  ${view.plan?.runbook ?? '?'} in ${view.plan?.environment ?? '?'}: ${state}${view.exitCode === undefined ? '' : ` (exit code ${view.exitCode})`}`,
    `  by ${view.actor?.name ?? '?'} (${view.actor ? evidenceWord(view.actor) : '?'}) from ${view.actor?.from ?? '?'}${view.reason ? `: ${view.reason}` : ''}`,
    ...(view.endReason ? [`  ${view.endReason}`] : []),
    '',
    ...alignColumns(rows).split('\n'),
    ...(view.prompt
      ? [
          '',
          `? ${view.prompt.text}`,
          ...view.prompt.touches.map(line => `    · ${line}`),
          `  answer with: opsconsole runs answer ${view.run} ${view.prompt.id} ${view.prompt.type === undefined ? view.prompt.choices.join('|') : JSON.stringify(view.prompt.type)}`,
        ]
      : []),
    ...(view.lost
      ? [
          '',
          ...view.inFlight.map(line => `  ${line}`),
          `  settle it with: opsconsole runs settle ${view.run} recheck|done|rerun|skip|abort${view.steps.some(({hosts = []}) => hosts.some(isUnsettled)) ? '; for some of its hosts only: --host NAME,NAME' : ''}`,
        ]
      : []),
    ...(view.afterwards.length > 0 ? ['', ...view.afterwards.map(line => `  [ ] ${line}`)] : []),
  ]
    .map(oneLine)
    .join('\n')
}
