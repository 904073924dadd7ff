import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {csv} from '../../src/commands/audit/export.ts'
import {locksText} from '../../src/commands/lock/list.ts'
import {junitXml} from '../../src/commands/run/junit.ts'
import {auditText} from '../../src/commands/audit/list.ts'
import {feedLines} from '../../src/commands/run/lines.ts'
import {runText} from '../../src/commands/runs/show.ts'
import {runsText} from '../../src/commands/runs/table.ts'
import {statusText} from '../../src/commands/status/show.ts'
import type {Actor} from '../../src/identity/actor.ts'
import {named} from '../../src/identity/named.ts'
import {makeReport, writeMarkdown} from '../../src/runbooks/report.ts'
import {abortedBy} from '../../src/runbooks/execute.ts'
import {approvalRefusal} from '../../src/runbooks/approval.ts'
import type {RunEvent, RunEventBody} from '../../src/runbooks/events.ts'
import {emptyRun, reduceRun} from '../../src/runbooks/state.ts'
import {runRow} from '../../src/runs/run-row.ts'
import {openForm} from '../../src/tui/overlays/answer-form.ts'
import {shapeOf} from '../../src/tui/overlays/question.ts'
import {nothingTyped} from '../../src/tui/state/typing.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import {deployPlan, RUN} from './fake-port.ts'
import {opened} from './keys.ts'
import {actor, audit, NOW, runbooks} from './shop-events.ts'
import {shop} from './shop.ts'

const LOGGED_IN = actor
/** As in containers and cron: the kernel never set a login uid. */
const WITHOUT: Actor = {...actor, evidence: 'kernel', loginUid: undefined}

/** Everything that names a person, for a run that this person started. */
function placesOf(who: Actor): Readonly<Record<string, string>> {
  const event = (body: RunEventBody, seq = 1): RunEvent => ({v: 1, at: NOW - 9000, run: RUN, seq, ...body})
  const process = {pid: 1, startTicks: 1, bootId: ''}
  const begun = event({type: 'run-started', plan: deployPlan(), actor: who, reason: '', dryRun: false, process})
  const prompt = {
    id: 'q2',
    step: undefined,
    kind: 'confirm' as const,
    text: 'Go on?',
    touches: [],
    type: undefined,
    choices: ['yes', 'no'],
    fallback: 'no',
    expiresAt: NOW + 60_000,
  }
  const state = [begun, event({type: 'prompt-opened', prompt}, 2)].reduce(reduceRun, emptyRun(RUN))
  const ended = reduceRun(
    state,
    event({type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 9, afterwards: []}, 3),
  )
  const stopped = reduceRun(
    state,
    event(
      {
        type: 'run-ended',
        outcome: 'aborted',
        exitCode: 5,
        reason: abortedBy(named(who), '').message,
        durationMs: 9,
        afterwards: [],
      },
      3,
    ),
  )
  const held = {
    lock: 'l1',
    resource: 'production/web',
    scope: 'local' as const,
    run: RUN,
    reason: 'deploy',
    host: 'h',
    process,
    fence: 1,
    acquiredAt: NOW - 9000,
    heartbeatAt: NOW,
  }
  const view = {...state, lost: false, inFlight: []}
  const row = runRow({...ended, lost: false, inFlight: []})
  const snapshot = {...shop, runs: [row], notices: [], actor: {name: who.name, noLogin: who.loginUid === undefined}}
  const record = {...audit[0], actor: who} as (typeof audit)[number]
  const said = (body: RunEventBody): string => feedLines({event: event(body)}, state).join('\n')
  const world = {snapshot, runbooks, audit: [record], run: {id: RUN, state, lines: [], total: 0, progress: undefined}}
  const shown = (change: Partial<UiState>): string =>
    frame(opened(change, world))
      .map(line => line.map(({text}) => text).join(''))
      .join('\n')
  const over = (id: string, data: unknown): string => shown({overlay: {id, data, scroll: 0}})
  const form = openForm(shapeOf(prompt))
  return {
    'the header of the console': shown({}),
    'the list of runs in the console': shown({screens: [{kind: 'overview'}, {kind: 'list', noun: 'runs'}] as never}),
    'the audit trail in the console': shown({screens: [{kind: 'overview'}, {kind: 'list', noun: 'audit'}] as never}),
    'the screen of a run': shown({screens: [{kind: 'overview'}, runScreen(RUN)]}),
    'the dialog that starts a run': over('start', {plan: deployPlan(), dryRun: false, form}),
    'the dialog of a question': over('question', {run: RUN, prompt, form}),
    'the dialog that stops a run': over('stopping', {run: RUN, form: {...form, focus: 'keep'}}),
    'the dialog that acknowledges': over('acknowledgement', {
      alerts: shop.alerts.map(({id}) => id),
      note: nothingTyped,
    }),
    status: statusText(snapshot),
    'runs list': runsText([row], NOW),
    'runs show': runText(view),
    'audit list': auditText([record]),
    'an answer, in run and runs attach': said({
      type: 'prompt-answered',
      prompt: 'q',
      answer: 'yes',
      by: who,
      via: 'flag',
      reason: '',
    }),
    'an abort': said({type: 'abort-requested', by: who, reason: ''}),
    'a settled step': said({type: 'step-settled', step: 's0', choice: 'done', by: who, reason: 'x'}),
    'a break-glass': said({type: 'break-glass', by: who, reason: 'x'}),
    'a resume': said({type: 'run-resumed', actor: who, reason: '', process}),
    'a refused approval': approvalRefusal(who, who) ?? '',
    'lock list': locksText([{...held, actor: named(who)}], NOW),
    'audit export as CSV': csv([record]),
    'JUnit of a run that was stopped': junitXml(stopped),
    'the report of a run': writeMarkdown(makeReport(ended, null), ''),
  }
}

const without = placesOf(WITHOUT)
const loggedIn = placesOf(LOGGED_IN)

describe('a person of whom the kernel knows no login', () => {
  test.each(Object.keys(without))('is said to be so by %s', place => {
    expect(without[place]).toContain('alice')
    expect(without[place]).toMatch(/no login/)
    // Nobody who has one is told that they have none.
    expect(loggedIn[place]).not.toMatch(/no login/)
  })
})

test('no source writes down the bare name of a person, but for those that say beside it what is known of the login', () => {
  // Of these, the gate only asks whether a freeze names who may override it.
  const beside = [
    'admission/rules/change-freeze.ts',
    'audit/query.ts',
    'commands/audit/export.ts',
    'commands/audit/list.ts',
    'commands/runs/show.ts',
    'runbooks/report.ts',
    'runs/damaged-row.ts',
    'runs/run-row.ts',
    'tui/overlays/dialog-parts.ts',
    'tui/panes/audit.ts',
    'tui/screens/header.ts',
  ]
  const root = path.join(import.meta.dirname, '../../src')
  const bare = readdirSync(root, {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('identity/'))
    .filter(file => /\b(?:actor|by|approver|who)\??\.name\b/.test(readFileSync(path.join(root, file), 'utf8')))
  expect(bare.sort()).toEqual(beside)
})
