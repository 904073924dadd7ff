import {describe, expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {runbook} from './define.ts'
import {failedHosts} from './host-work.ts'
import {type HostContext, hosts, type HostsOptions} from './hosts.ts'
import {testRunbook} from '../authoring/test-runbook.ts'
import type {FakeResult} from '../authoring/testing/test-run.ts'

const names = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5']
const restart = ({$}: HostContext): Promise<void> => $`restart ${'a b'}`.then(() => {})

function sample(options: Partial<HostsOptions>, work = restart) {
  return runbook({
    name: 'many',
    summary: 'Many hosts',
    danger: 'disruptive',
    plan: () => hosts({id: 'restart', title: 'Restart', names, why: 'w', ...options}, work),
    afterwards: ({saved}) => failedHosts(saved, 'restart').map(host => `Look at ${host}`),
  })
}

/** What ssh would do: the host is the last but one argument, the command the last. */
const failing =
  (bad: readonly string[], command = 'restart') =>
  (text: string): FakeResult => {
    const host = /-- (\S+) /.exec(text)?.[1] ?? ''
    return bad.includes(host) && text.includes(command) ? {exitCode: 1, stderr: 'no'} : `ok ${host}\n`
  }
const hostsIn = (commands: readonly string[], word = 'restart'): readonly (string | undefined)[] =>
  commands.filter(command => command.includes(word)).map(command => /-- (\S+) /.exec(command)?.[1])

describe('batches', () => {
  test('are steps with names, targets and what is left after them', () => {
    const steps = hosts({id: 'r', title: 'R', names, batch: 2}, restart)
    expect(steps.map(({id, title, targets, stopCost}) => [id, title, targets?.length, stopCost])).toEqual([
      ['r 1', 'R on web-1, web-2', 2, '3 of 5 hosts are as before'],
      ['r 2', 'R on web-3, web-4', 2, '1 of 5 hosts are as before'],
      ['r 3', 'R on web-5', 1, ''],
    ])
    expect(hosts({id: 'r', title: 'R', names: []}, restart)).toEqual([])
  })

  test.each([
    [{batch: 0}, /batch should be a whole number, 1 or more/],
    [{stopAfter: -1}, /stopAfter should be a whole number, 0 or more/],
    [{first: 1.5}, /first should be a whole number, 1 or more, or a part of all hosts such as "10%", got 1\.5/],
    [{batch: '110%' as const}, /batch should be .*, got "110%"/],
    [{names: ['a', 'b', 'a']}, /host a is named twice/],
    [{names: ['-x']}, /cannot be a host/],
  ])('%j is refused', (options, message) => {
    expect(() => hosts({id: 'r', title: 'R', names, ...options}, restart)).toThrow(message)
  })

  test('run one after the other, their hosts at the same time, every line labelled', async () => {
    let [now, most] = [0, 0]
    const run = await testRunbook(sample({batch: 2}), {
      exec: async text => {
        now += 1
        most = Math.max(most, now)
        await new Promise(resolve => setTimeout(resolve, 5))
        now -= 1
        return failing([])(text)
      },
    })
    expect(run).toMatchObject({outcome: 'done', steps: {'restart 1': 'done', 'restart 2': 'done', 'restart 3': 'done'}})
    expect([most, hostsIn(run.commands)]).toEqual([2, names])
    expect(run.commands[0]).toContain(String.raw`-- web-1 $'restart \'a b\''`)
    expect(run.log).toEqual(names.map(host => `${host}: ok ${host}`))
  })
})

describe('hosts that fail', () => {
  test('the first one stops everything, when none may: later batches are not begun', async () => {
    const run = await testRunbook(sample({batch: 2}), {exec: failing(['web-2'])})
    expect(run).toMatchObject({outcome: 'failed', steps: {'restart 1': 'failed', 'restart 2': 'pending'}})
    expect(run.reason).toMatch(
      /1 of 5 hosts failed, 0 may \(web-2: exit code 1 .*no\)\. Done: web-1\. Not begun: web-3, web-4, web-5/,
    )
  })

  test('as many as may are passed over, remembered, and not verified; one more stops', async () => {
    const verify = ({$}: HostContext): Promise<boolean> => $`probe`.then(({stdout}) => stdout.startsWith('ok'))
    const some = await testRunbook(sample({batch: 2, stopAfter: 2, verify}), {exec: failing(['web-1', 'web-4'])})
    expect(some).toMatchObject({outcome: 'done', afterwards: ['Look at web-1', 'Look at web-4']})
    expect(hostsIn(some.commands, 'probe')).toEqual(['web-2', 'web-3', 'web-5'])
    expect(some.log).toContainEqual(expect.stringMatching(/^web-4: .*Continuing: 2 of 2 hosts that may fail$/))
    const more = await testRunbook(sample({batch: 2, stopAfter: 1}), {exec: failing(['web-1', 'web-4'])})
    expect(more.reason).toMatch(/2 of 5 hosts failed, 1 may \(web-4: .*Done: web-2, web-3\. Not begun: web-5/)
  })

  test('undo reaches every host that had begun, newest batch first, and says where it failed', async () => {
    const undo = ({$}: HostContext): Promise<void> => $`go back`.then(() => {})
    const run = await testRunbook(sample({batch: 2, undo}), {exec: failing(['web-3'])})
    expect(run.outcome).toBe('undone')
    expect(hostsIn(run.commands, 'go back')).toEqual(['web-3', 'web-4', 'web-1', 'web-2'])
    const stuck = await testRunbook(sample({batch: 2, undo}), {
      exec: text =>
        failing(['web-3'])(text) &&
        (text.includes('go back') ? failing(['web-4'], 'go')(text) : failing(['web-3'])(text)),
    })
    expect(stuck).toMatchObject({
      outcome: 'undo failed',
      reason: expect.stringContaining('web-4: exit code 1') as string,
    })
  })

  test('a verification names the host that it waits for', async () => {
    const verify = async ({host}: HostContext) => ({ok: host !== 'web-2', reason: 'still old'})
    const run = await testRunbook(sample({batch: 2, verify}), {timeout: '1200ms'})
    expect(run.reason).toContain('web-2: still old')
  })
})

test('a batch can ask, and the local shell is at hand', async () => {
  const confirm = (own: readonly string[], batch: number) => (batch === 1 ? `Begin with ${own.join()}?` : undefined)
  const run = await testRunbook(
    sample({names: ['web-1', 'web-2'], confirm}, async ({local, host}) => void (await local`ping ${host}`)),
  )
  expect(run.asked.map(prompt => prompt.text)).toEqual(['Start many in test?', 'Begin with web-1?'])
  expect(run.commands).toEqual(['ping web-1', 'ping web-2'])
})

test('a remote command takes input, but no environment', async () => {
  const sent: unknown[] = []
  const exec = (_command: string, {input}: {readonly input: string | undefined}) => void sent.push(input)
  const withInput = sample({names: ['a']}, async ({$}) => void (await $({input: 'secret'})`cat`))
  expect((await testRunbook(withInput, {exec})).outcome).toBe('done')
  expect(sent).toEqual(['secret'])
  const withEnv = sample({names: ['a']}, async ({$}) => void (await $({env: {A: '1'}})`cat`))
  expect((await testRunbook(withEnv)).reason).toContain('no environment of yours')
})

test('a command on a host that nobody awaits is waited for, and its failure is the host’s', async () => {
  const forgetful = sample({names: ['a', 'b']}, async ({$}) => void $`restart`)
  const run = await testRunbook(forgetful, {exec: failing(['b'])})
  expect(run).toMatchObject({outcome: 'failed', steps: {'restart 1': 'done', 'restart 2': 'failed'}})
  expect(run.reason).toContain('b: a command without `await` before it: exit code 1')
})

test('a step is not tried again while its command may still run on a host', async () => {
  let calls = 0
  const lost = sample({names: ['a'], retries: 3}, async () => {
    calls += 1
    throw new OpsError('host/left', 'the command may still run there')
  })
  const run = await testRunbook(lost)
  expect([calls, run.outcome]).toEqual([1, 'failed'])
  expect(run.reason).toMatch(/the command may still run there\).*; not tried again while that may run/)
})

describe('a run again of what an earlier one left', () => {
  const doneBefore = {restart: ['web-1', 'web-2', 'web-4']}

  test('leaves out batches that are done and names the hosts that are in others', async () => {
    const run = await testRunbook(sample({batch: 2}), {exec: failing([]), doneBefore})
    expect(hostsIn(run.commands)).toEqual(['web-3', 'web-5'])
    expect(run.plan.steps.map(({title, skipped, targets}) => [title, skipped, targets])).toEqual([
      ['Restart on web-1, web-2', 'done in run earlier', ['host web-1', 'host web-2']],
      ['Restart on web-3, web-4, but not web-4: done in run earlier', undefined, ['host web-3']],
      ['Restart on web-5', undefined, ['host web-5']],
    ])
    expect(run.hosts.map(({host, state, reason}) => [host, state, reason])).toEqual([
      ['web-1', 'done', 'done in run earlier'],
      ['web-2', 'done', 'done in run earlier'],
      ['web-3', 'done', ''],
      ['web-4', 'done', 'done in run earlier'],
      ['web-5', 'done', ''],
    ])
  })

  test('takes back only what it did itself, and counts no failure of before', async () => {
    const undo = ({$}: HostContext): Promise<void> => $`go back`.then(() => {})
    const run = await testRunbook(sample({batch: 2, undo}), {exec: failing(['web-5']), doneBefore})
    expect(run.outcome).toBe('undone')
    expect(hostsIn(run.commands, 'go back')).toEqual(['web-5', 'web-3'])
  })
})

test('with retries only the hosts that failed are tried again', async () => {
  let tries = 0
  const run = await testRunbook(sample({batch: 3, retries: 1, idempotent: true}), {
    exec: text => (text.includes('web-2') && (tries += 1) === 1 ? {exitCode: 1} : ''),
  })
  expect(run.outcome).toBe('done')
  expect(hostsIn(run.commands)).toEqual(['web-1', 'web-2', 'web-3', 'web-2', 'web-4', 'web-5'])
})
