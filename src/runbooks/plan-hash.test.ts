import {expect, test} from 'vitest'
import {plan} from '../../test/runs/run-bench.ts'
import {countOf, isFull} from '../../test/reliability/sample.ts'
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
  ['how long it will take', step({estimate: 'about 3m by 7 restores'})],
  ['the time it was made', {at: 1}],
  ['where the checkout is', {files: [{...file, file: '/home/ada/two.ts'}]}],
])('%s only inform', (_title, more) => {
  expect(planHash({...made, ...more})).toBe(planHash(made))
})

test('a plan of a version that did not look at the files is compared by what its hash covered', () => {
  const older = {...plan, hash: planHash(plan)}
  expect(planHashLike({...made, hash: planHash(made), protected: true}, older)).toBe(older.hash)
})

/** Of these a plan only tells; where files stand is another checkout's affair. */
const TELLS = new Set(['forecast', 'usualMs', 'estimate', 'usualRunMs', 'at', 'hash', 'run'])

const NAMES = new Set([...JSON.stringify(made).matchAll(/"(\w+)":/g)].map(([, name = '']) => name))

/** What is left of a plan, by this test's own rule. */
const decides = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(decides)
  return Object.fromEntries(
    Object.entries(value)
      // A name that no plan has is read by nobody.
      .filter(([key]) => NAMES.has(key) && !TELLS.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [
        key,
        key === 'files' ? (item as typeof made.files)?.map(each => each.hash) : decides(item),
      ]),
  )
}

test(`A5: one byte of it changed, each byte in ${countOf('A5')} ways: another plan, or none at all`, () => {
  const [text, hash] = [Buffer.from(JSON.stringify(made)), planHash(made)]
  const same = JSON.stringify(decides(made))
  const passed: string[] = []
  let [tried, unreadable] = [0, 0]
  for (let at = 0; at < text.length; at += 1)
    for (let way = 1; way <= countOf('A5'); way += 1) {
      const bytes = Buffer.from(text)
      bytes[at] = (bytes[at] as number) ^ (way & 255)
      tried += 1
      let other: Plan
      let now: string
      try {
        other = JSON.parse(bytes.toString('utf8')) as Plan
        now = planHash(other)
      } catch {
        unreadable += 1
        continue
      }
      if (now === hash && JSON.stringify(decides(other)) !== same)
        passed.push(bytes.toString('latin1', at - 20, at + 20))
    }
  if (isFull('A5')) process.stdout.write(`A5: ${text.length} bytes, ${tried} changes, ${unreadable} are no plan\n`)
  expect(passed).toEqual([])
})
