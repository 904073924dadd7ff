import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {checkSource} from './check-source.ts'

const runbook = (danger: string, steps: string): string =>
  `import {runbook, step} from 'opsconsole'\nexport default runbook({\n  name: 'x', summary: 's', danger: '${danger}',\n  plan: () => [\n${steps}\n  ],\n})\n`
const found = (danger: string, steps: string): readonly string[] =>
  checkSource('x.ts', runbook(danger, steps)).map(
    ({line, column, severity, code}) => `${line}:${column} ${severity} ${code}`,
  )

const FULL = "why: 'w', run: async () => {}, undo: async () => {}, verify: async () => true"

describe('steps', () => {
  test.each([
    ['disruptive', "step({id: 'a', title: 'A', run: async () => {}})", ['5:1 warning no-why']],
    ['disruptive', "step({id: 'a', title: 'A', ...more})", []],
    ['disruptive', "step({id: 'a', why: 'w', retries: 2, run})", ['5:26 error retries-not-idempotent']],
    ['disruptive', "step({id: 'a', why: 'w', retries: 0, run})", []],
    ['disruptive', "step({id: 'a', why: 'w', retries: 2, idempotent: true, run})", []],
    [
      'disruptive',
      "step({id: 'a', why: 'w', retries: 2, idempotent: false, run})",
      ['5:26 error retries-not-idempotent'],
    ],
    ['disruptive', "step({id: 'a', why: 'w', onUnknown: 'rerun', run})", ['5:26 error rerun-not-idempotent']],
    ['disruptive', "step({id: 'a', why: 'w', run}), step({id: 'a', why: 'w', run})", ['5:39 warning duplicate-id']],
    ['disruptive', "step({id: `a ${x}`, why: 'w', run}), step({id: `a ${x}`, why: 'w', run})", []],
    ['disruptive', "step({id: name, why: 'w', run}), step({id: name, why: 'w', run})", []],
    ['destructive', `step({id: 'a', confirm: 'Go?', ${FULL}})`, []],
    ['destructive', `step({id: 'a', ${FULL}})`, ['3:28 error no-confirm']],
    ['destructive', "step({id: 'a', why: 'w', confirm, run})", ['5:1 warning no-undo', '5:1 warning no-verify']],
    ['destructive', "step({id: 'a', why: 'w', confirm, readOnly: true, run})", []],
    ['destructive', "step({id: 'a', why: 'w', manual: 'Do it'})", []],
    ['destructive', `step({id: 'a', why: 'w', idempotent: true, run}), step({id: 'b', confirm, ${FULL}})`, []],
    ['destructive', "step({id: 'a', why: 'w', confirm, async run({$}) { f({why: 1}) }, undo() {}, verify,})", []],
    [
      'destructive',
      "step({id: 'a', [key]: 1, 'why': 'w', confirm: c ? {text: 'x', touches: [1, 2]} : 'y', run, undo, verify})",
      [],
    ],
  ])('%s: %s', (danger, steps, wanted) => {
    expect(found(danger, steps)).toEqual(wanted)
  })
})

test('a finding can be ignored where it is, with a reason', () => {
  const step = "step({id: 'a', confirm: 'Go?', why: 'w', run})"
  expect(
    found('destructive', `// runbook-check-ignore no-undo, no-verify: the data is gone either way\n${step}`),
  ).toEqual([])
  expect(found('destructive', `${step} // runbook-check-ignore no-undo: gone`)).toEqual(['5:1 warning no-verify'])
  expect(found('destructive', `// runbook-check-ignore no-undo: too far away\n\n${step}`)).toHaveLength(2)
})

test('a value in quotes is named with its place', () => {
  const [finding] = checkSource(
    'x.ts',
    runbook('safe', "step({id: 'a', why: 'w', run: async ({$}) => { await $`echo\n '${x}'` }})"),
  )
  expect(finding).toMatchObject({file: 'x.ts', line: 6, column: 3, severity: 'error', code: 'quoted-value'})
  expect(finding?.message).toBe('${x} is inside quotes')
})

const SHIPPED = path.resolve(import.meta.dirname, '../../../runbooks')
test.each(readdirSync(SHIPPED).filter(file => file.endsWith('.ts')))('the shipped %s passes without a word', file => {
  expect(checkSource(file, readFileSync(path.join(SHIPPED, file), 'utf8'))).toEqual([])
})
