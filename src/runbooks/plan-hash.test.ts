import {expect, test} from 'vitest'
import {plan} from '../../test/runs/run-bench.ts'
import type {Plan} from './plan.ts'
import {planHash, planHashLike} from './plan-hash.ts'

const file = {file: '/srv/ops/runbooks/two.ts', hash: 'a'.repeat(64)}
const made: Plan = {...plan, files: [file], packages: ['left-pad']}
const [first, second] = plan.steps as [Plan['steps'][number], Plan['steps'][number]]
const step = (more: Partial<typeof first>): Partial<Plan> => ({steps: [{...first, ...more}, second]})

test.each<[string, Partial<Plan>]>([
  ['what must be said at the start', {start: {kind: 'yes', reason: 'it is safe'}}],
  ['protection of the environment', {protected: true}],
  ['danger', {danger: 'safe'}],
  ['summary', {summary: 'Another'}],
  ['environment', {environment: 'prod'}],
  ['parameters', {params: {service: 'api'}}],
  ['facts', {facts: {a: 1}}],
  ['locks', {locks: []}],
  ['what happens on a failure', {onFailure: 'leave'}],
  ['approval', {approval: {expiresMs: 1, reason: 'x'}}],
  ['guards', {guards: [{id: 'g', title: 'G', everyMs: 1, timeoutMs: 1, failures: 1}]}],
  ['bytes of a file', {files: [{...file, hash: 'b'.repeat(64)}]}],
  ['another file', {files: [file, file]}],
  ['packages', {packages: []}],
  ['a question', step({confirm: {text: 'Sure?', touches: [], type: undefined}})],
  ['the text to type', step({confirm: {text: 'Sure?', touches: [], type: 'web'}})],
  ['what is done by hand', step({manual: 'Do it'})],
  ['a program in a terminal', step({terminal: ['psql']})],
  ['whether it shows its commands first', step({assisted: true})],
  ['whether it is left out', step({skipped: 'not needed'})],
  ['its title', step({title: 'Another'})],
  ['its target', step({targets: ['web']})],
  ['whether it can be undone', step({undo: false})],
  ['whether it is verified', step({verify: true})],
  ['its time limit', step({timeoutMs: 1})],
  ['its retries', step({retries: 1})],
])('%s decides, so the hash covers it', (_title, more) => {
  expect(planHash({...made, ...more})).not.toBe(planHash(made))
})

test.each<[string, Partial<Plan>]>([
  ['forecasts', step({forecast: 'done'})],
  ['usual durations', {...step({usualMs: 5}), usualMs: 5}],
  ['the time it was made', {at: 1}],
  ['where the checkout is', {files: [{...file, file: '/home/ada/two.ts'}]}],
])('%s only inform', (_title, more) => {
  expect(planHash({...made, ...more})).toBe(planHash(made))
})

test('a plan of a version that did not look at the files is compared by what its hash covered', () => {
  const older = {...plan, hash: planHash(plan)}
  expect(planHashLike({...made, hash: planHash(made), protected: true}, older)).toBe(older.hash)
})
