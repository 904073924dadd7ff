import {existsSync} from 'node:fs'
import {expect, test} from 'vitest'
import {runbook, step, testRunbook, z} from '../../src/api.ts'
import cacheInvalidate from '../../runbooks/cache-invalidate.ts'
import diagnose from '../../runbooks/diagnose.ts'

const restart = runbook({
  name: 'restart-all',
  summary: 'Restart every instance',
  danger: 'destructive',
  params: z.object({service: z.string(), force: z.boolean().default(false)}),
  locks: ({params}) => [`service:${params.service}`],
  facts: async ({$}) => ({instances: (await $({reads: true})`list-instances`).stdout.trim().split('\n')}),
  plan: ({facts, params}) =>
    facts.instances.map(name =>
      step({
        id: name,
        title: `Restart ${name}`,
        why: 'w',
        confirm: {text: `Restart ${name}?`, ...(params.force ? {type: name} : {})},
        check: async ({$}) => ((await $({nothrow: true})`is-new ${name}`).exitCode === 0 ? 'done' : 'would change'),
        run: async ({$, log, save}) => {
          await $`systemctl restart ${`app@${name}`}`
          log(`${name} restarted`)
          save(name, 'new')
        },
        verify: async ({$}) => (await $({nothrow: true})`probe ${name}`.quiet()).stdout === 'up',
        undo: async ({$}) => void (await $`systemctl stop ${name}`),
      }),
    ),
  afterwards: ({saved}) => [`${Object.keys(saved).length} restarted`],
})

const world = (command: string) => {
  if (command === 'list-instances') return 'web 1\nweb-2\n'
  if (command.startsWith('is-new')) return {exitCode: 1}
  return command.startsWith('probe') ? 'up' : ''
}

test('a run that goes well: the commands as bash would get them, what was asked, kept and said', async () => {
  const run = await testRunbook(restart, {params: {service: 'x', force: 'yes'}, exec: world})
  expect(run).toMatchObject({
    outcome: 'done',
    commands: ["systemctl restart $'app@web 1'", "probe $'web 1'", 'systemctl restart app@web-2', 'probe web-2'],
    saved: {'web 1': 'new', 'web-2': 'new'},
    steps: {'web 1': 'done', 'web-2': 'done'},
    undone: [],
    afterwards: ['2 restarted'],
  })
  expect(run.log).toEqual(['web 1 restarted', 'web-2 restarted'])
  expect(run.asked.map(prompt => [prompt.step ?? 'start', prompt.type])).toEqual([
    ['start', undefined],
    ['web 1', 'web 1'],
    ['web-2', 'web-2'],
  ])
  expect(run.plan).toMatchObject({locks: ['test/service:x'], facts: {instances: ['web 1', 'web-2']}})
  expect(run.events.map(event => event.seq)).toEqual(run.events.map((_, index) => index + 1))
})

test('a command that fails: the real undo, newest first', async () => {
  const run = await testRunbook(restart, {
    params: {service: 'x'},
    facts: {instances: ['a', 'b', 'c']},
    exec: command => (command === 'systemctl restart app@b' ? {exitCode: 5, stderr: 'no such unit'} : world(command)),
  })
  expect(run).toMatchObject({outcome: 'undone', undone: ['b', 'a'], steps: {a: 'undone', b: 'undone', c: 'pending'}})
  expect(run.reason).toContain('exit code 5 from systemctl restart app@b: no such unit')
  expect(run.commands.slice(-2)).toEqual(['systemctl stop b', 'systemctl stop a'])
})

test.each([
  [{a: 'skip'}, 'done', {a: 'skipped', b: 'done'}],
  [{b: 'abort'}, 'aborted', {a: 'undone', b: 'aborted'}],
  [{start: 'no'}, 'aborted', {a: 'pending', b: 'pending'}],
])('the answers %j end with %s', async (answers, outcome, steps) => {
  const run = await testRunbook(restart, {params: {service: 'x'}, facts: {instances: ['a', 'b']}, exec: world, answers})
  expect(run).toMatchObject({outcome, steps})
})

test('an answer that the question does not take is a failure of the test', async () => {
  const given = {params: {service: 'x', force: true}, facts: {instances: ['a']}, exec: world}
  const run = await testRunbook(restart, {...given, answers: {a: 'yes'}})
  expect(run).toMatchObject({outcome: 'failed'})
  expect(run.reason).toContain('"Restart a?" takes a, skip, abort, but was answered "yes"')
  expect(await testRunbook(restart, {...given, answers: ({type}) => type})).toMatchObject({outcome: 'done'})
})

test('what a check finds done is left alone; a dry run prints and carries nothing out', async () => {
  const facts = {instances: ['a', 'b']}
  const fresh = await testRunbook(restart, {
    params: {service: 'x'},
    facts,
    exec: command => (command === 'is-new a' ? '' : world(command)),
  })
  expect(fresh.steps).toEqual({a: 'already done', b: 'done'})
  const carried: string[] = []
  const dry = await testRunbook(restart, {
    params: {service: 'x'},
    facts,
    dryRun: true,
    exec: command => {
      carried.push(command)
      return world(command)
    },
  })
  expect(dry.commands).toEqual(['systemctl restart app@a', 'systemctl restart app@b'])
  expect(carried.filter(command => command.startsWith('systemctl'))).toEqual([])
})

test('a step that is not wanted any more is skipped, and says why; its plan cannot know yet', async () => {
  const found = runbook({
    name: 'found',
    summary: 'Switches only what was proved',
    params: z.object({}),
    danger: 'disruptive',
    plan: () => [
      step({id: 'prove', title: 'Prove it', run: async ({save}) => save('proved', false), idempotent: true}),
      step({
        id: 'switch',
        title: 'Switch',
        check: async ({saved}) => (saved['proved'] === false ? {skip: 'nothing was proved'} : 'would change'),
        run: async () => {
          throw new Error('switched all the same')
        },
      }),
    ],
  })
  expect(await testRunbook(found, {})).toMatchObject({outcome: 'done', steps: {prove: 'done', switch: 'skipped'}})
})

test('a verification that never comes true fails after the short limit of a test', async () => {
  const run = await testRunbook(restart, {
    params: {service: 'x'},
    facts: {instances: ['a']},
    timeout: '1500ms',
    exec: command => (command.startsWith('probe') ? 'down' : world(command)),
  })
  expect(run).toMatchObject({outcome: 'undone', steps: {a: 'undone'}})
  expect(run.commands.filter(command => command.startsWith('probe')).length).toBeGreaterThan(1)
})

test('wrong parameters and a world that moves between plan and run are refused as in earnest', async () => {
  await expect(testRunbook(restart, {params: {nope: 1}})).rejects.toMatchObject({code: 'runbook/params'})
  let reads = 0
  const moving = await testRunbook(restart, {
    params: {service: 'x'},
    exec: command => (command === 'list-instances' ? `a\nb${(reads += 1)}` : world(command)),
  })
  expect(moving).toMatchObject({outcome: 'refused', commands: []})
  expect(moving.reason).toContain('"b1" is now "b2"')
})

test('shipped runbooks can be tested with the parts of ops that they use', async () => {
  const failing = testRunbook(cacheInvalidate, {params: {event: 'X'}, ops: {}})
  await expect(failing).rejects.toThrow('the runbook uses ops.cache, which this test does not give it')
  const looked = await testRunbook(diagnose, {ops: {names: () => []}, exec: () => 'header\n/dev/sda1 1 1 1 95% /'})
  expect(looked.outcome).toBe('done')
  expect(looked.afterwards).toEqual(['Look at: the disk of / is 95% full'])
})

test('nothing is started: a command only exists as text', async () => {
  const touch = runbook({
    name: 'touch',
    summary: 'Touch',
    danger: 'disruptive',
    plan: () => [step({id: 'a', title: 'A', run: async ({$}) => void (await $`touch /tmp/opsconsole-never-made`)})],
  })
  expect((await testRunbook(touch)).commands).toEqual(['touch /tmp/opsconsole-never-made'])
  expect(existsSync('/tmp/opsconsole-never-made')).toBe(false)
})
