import {expect, test} from 'vitest'
import type {Feed} from '../../runs/engine.ts'
import type {RunEvent, RunEventBody} from '../../runbooks/events.ts'
import {emptyRun, type RunState} from '../../runbooks/state.ts'
import {choosePresenter} from './choose-presenter.ts'

const state = {
  ...emptyRun('r1'),
  plan: {runbook: 'deploy', environment: 'prod'},
  steps: [{step: {id: 'one', title: 'Step ::one, 100 %'}}],
} as unknown as RunState

const event = (body: RunEventBody): Feed => ({event: {v: 1, seq: 1, at: 0, run: 'r1', ...body} as RunEvent})
const line = (text: string, stream: 'out' | 'err' | 'log' | 'command' = 'out'): Feed => ({
  line: {step: 'one', stream, text},
})
const started = event({type: 'step-started', step: 'one', attempt: 1, key: 'k', phase: 'run'})
const again = event({type: 'step-started', step: 'one', attempt: 2, key: 'k', phase: 'run'})
const finished = (outcome: 'done' | 'failed', reason = ''): Feed =>
  event({type: 'step-finished', step: 'one', phase: 'run', outcome, reason, durationMs: 1200})
const ended = event({
  type: 'run-ended',
  outcome: 'failed',
  exitCode: 1,
  reason: 'it broke',
  durationMs: 2000,
  afterwards: ['look'],
})

function written(env: Record<string, string>, feeds: readonly Feed[]): string {
  const presenter = choosePresenter(env, {run: 'r/1', json: false, now: () => 1_700_000_000_000})
  return feeds.map(feed => presenter.feed(feed, state)).join('') + presenter.end()
}

test('GitHub: groups, annotations outside of them, and no command from a command’s output', () => {
  const text = written({GITHUB_ACTIONS: 'true'}, [
    started,
    line('::add-mask::x', 'command'),
    line('::set-output name=a::b'),
    line('##[error]no'),
    event({type: 'step-retry', step: 'one', attempt: 1, delayMs: 1000, reason: '::error::no'}),
    again,
    finished('failed', 'exit code 7\n::error::x'),
    ended,
  ])
  expect(text.split('\n')).toEqual([
    '::group::Step ::one, 100 %25',
    '    $ ::add-mask::x',
    '      : :set-output name=a::b',
    '      # #[error]no',
    '  failed: ::error::no; trying again in 1s',
    '::warning title=Step %3A%3Aone%2C 100 %25::attempt 1 failed: ::error::no',
    '▶ Step ::one, 100 % (attempt 2)',
    '::endgroup::',
    '  failed in 1.2s: Step ::one, 100 % (exit code 7',
    ': :error::x)',
    '::error title=Step %3A%3Aone%2C 100 %25::exit code 7%0A::error::x',
    'failed in 2s (exit code 1): it broke',
    '  [ ] look',
    '::error title=deploy in prod%3A failed::it broke (exit code 1, run r1)',
    '::notice title=deploy in prod%3A failed%2C follow-up::look',
    '',
  ])
})

test('GitHub: a group that is open when watching ends is closed', () => {
  expect(written({GITHUB_ACTIONS: 'true'}, [started])).toBe('::group::Step ::one, 100 %25\n::endgroup::\n')
})

test('GitLab: sections with names that GitLab takes, ended before the outcome is told', () => {
  expect(written({GITLAB_CI: 'true'}, [started, line('hello'), finished('done')])).toBe(
    [
      '\u001b[0Ksection_start:1700000000:opsconsole_r_1_1\r\u001b[0K▶ Step ::one, 100 %',
      '      hello',
      '\u001b[0Ksection_end:1700000000:opsconsole_r_1_1\r\u001b[0K',
      '  done in 1.2s',
      '',
    ].join('\n'),
  )
})

test('elsewhere: plain lines', () => {
  expect(written({CI: 'true'}, [started, line('::x'), finished('done')])).toBe(
    '▶ Step ::one, 100 %\n      ::x\n  done in 1.2s\n',
  )
})

test('JSON lines are the journal’s events and the output, on GitHub without a way to command', () => {
  const presenter = choosePresenter({GITHUB_ACTIONS: 'true'}, {run: 'r1', json: true, now: () => 0})
  const text = presenter.feed(line('##[add-mask]x'), state)
  expect(text).not.toContain('##[')
  expect(JSON.parse(text)).toEqual({v: 1, run: 'r1', type: 'output', step: 'one', stream: 'out', text: '##[add-mask]x'})
})
