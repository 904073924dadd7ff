import {describe, expect, test} from 'vitest'
import {policySchema} from './config.ts'
import {freezeSchema} from './freezes/config.ts'
import {checkFreezes} from './freezes/in-force.ts'
import type {Actor} from '../identity/actor.ts'
import type {Change, Danger} from './change.ts'
import type {Circumstances, Decision} from './decision.ts'
import {decide, RULES} from './rules.ts'

const ann: Actor = {name: 'ann', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}

const intended = (more: Partial<Change> = {}): Change => ({
  action: 'anything',
  target: 'something',
  environment: 'dev',
  danger: 'safe',
  actor: ann,
  via: 'command',
  consent: {yes: false, typed: []},
  ...more,
})

const trusted = {
  certificatesUnchecked: false,
  brokenTrail: () => undefined,
  despiteBrokenTrail: undefined,
  overrideFreeze: undefined,
  now: () => 0,
}
const holding = ({flag = false, policy = false} = {}): Circumstances => ({
  ...trusted,
  readOnlyFlag: flag,
  config: () => ({
    policy: policySchema.parse({readOnly: policy}),
    environments: [
      {name: 'dev', protected: false},
      {name: 'prod', protected: true},
    ],
    file: '/etc/opsconsole.yaml',
  }),
})

const said = (decision: Decision): string => (decision.allowed ? 'allowed' : decision.rule)

describe('read-only', () => {
  test.each([
    ['by flag', {flag: true}, 'read-only flag'],
    ['by policy', {policy: true}, 'read-only policy'],
    ['by both', {flag: true, policy: true}, 'read-only flag'],
  ])('%s nothing may be changed, whatever was confirmed', (_title, holds, rule) => {
    const given = {yes: true, typed: ['dev', 'prod']}
    for (const environment of ['dev', 'prod', 'elsewhere'])
      for (const danger of ['safe', 'disruptive', 'destructive'] as const)
        expect(said(decide(intended({environment, danger, consent: given}), holding(holds)))).toBe(rule)
  })

  test('by policy the way back stays open; by flag this process does not go it', () => {
    const abort = intended({wayBack: true, environment: 'prod'})
    expect(said(decide(abort, holding({policy: true})))).toBe('allowed')
    expect(said(decide(abort, holding({flag: true})))).toBe('read-only flag')
  })

  test('by policy files of its own may be written: no environment is touched', () => {
    const lab = intended({environment: undefined})
    expect(said(decide(lab, holding({policy: true})))).toBe('allowed')
    expect(said(decide(lab, holding({flag: true})))).toBe('read-only flag')
  })

  test('says where it is written', () => {
    expect(decide(intended(), holding({policy: true}))).toEqual({
      allowed: false,
      rule: 'read-only policy',
      code: 'usage/read-only',
      reason: 'the policy is read-only, which forbids every change',
      hint: 'It says so in /etc/opsconsole.yaml: policy: readOnly.',
    })
  })
})

describe('confirmations', () => {
  const yes = {yes: true, typed: []}
  const typed = {yes: false, typed: ['prod']}
  const both = {yes: true, typed: ['dev', 'prod']}
  test.each<[Danger, string, Change['consent'], string]>([
    ['safe', 'dev', {yes: false, typed: []}, 'allowed'],
    ['safe', 'prod', {yes: false, typed: []}, 'allowed'],
    ['disruptive', 'dev', {yes: false, typed: []}, 'allowed'],
    ['disruptive', 'prod', yes, 'protected environment'],
    ['disruptive', 'prod', {yes: true, typed: ['dev', 'PROD', 'prod ']}, 'protected environment'],
    ['disruptive', 'prod', typed, 'allowed'],
    ['destructive', 'dev', {yes: false, typed: ['dev']}, 'confirmed'],
    ['destructive', 'dev', yes, 'allowed'],
    ['destructive', 'prod', yes, 'protected environment'],
    ['destructive', 'prod', typed, 'confirmed'],
    ['destructive', 'prod', both, 'allowed'],
    ['destructive', 'prod', 'asked', 'allowed'],
  ])('%s in %s with %j: %s', (danger, environment, consent, expected) => {
    expect(said(decide(intended({danger, environment, consent}), holding()))).toBe(expected)
  })

  test('the flag that is missing is named', () => {
    expect(decide(intended({danger: 'destructive', environment: 'prod', consent: yes}), holding())).toMatchObject({
      code: 'change/protected',
      reason: 'prod is protected and this is destructive, so its name must be typed',
      hint: 'Give --confirm prod.',
    })
    expect(decide(intended({danger: 'destructive'}), holding())).toMatchObject({
      code: 'change/unconfirmed',
      hint: 'Give --yes.',
    })
  })

  test('in a console the name is typed into its dialog', () => {
    const change = intended({danger: 'disruptive', environment: 'prod', via: 'console'})
    expect(decide(change, holding())).toMatchObject({hint: 'Type prod where it is asked for.'})
  })

  test('without a configuration no environment is protected and no policy forbids anything', () => {
    const change = intended({danger: 'disruptive', environment: 'prod'})
    expect(said(decide(change, {...trusted, readOnlyFlag: false, config: () => undefined}))).toBe('allowed')
  })
})

describe('with NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  const unchecked = {...holding(), certificatesUnchecked: true}
  test.each(['command', 'console', 'ops', 'run', 'step'] as const)('nothing is changed by %s', via => {
    for (const environment of ['dev', 'prod', undefined])
      expect(decide(intended({environment, via}), unchecked)).toMatchObject({
        rule: 'unchecked certificates',
        code: 'usage/environment',
      })
  })

  test('the way back stays open', () => {
    expect(said(decide(intended({wayBack: true}), unchecked))).toBe('allowed')
  })
})

describe('a broken trail', () => {
  const broken = {...holding(), brokenTrail: () => 'the audit trail is broken at record 3'}
  test.each(['command', 'console', 'ops', 'run'] as const)('lets nothing new begin by %s, wherever it is', via => {
    for (const environment of ['dev', 'prod', undefined])
      expect(decide(intended({environment, via}), broken)).toMatchObject({
        rule: 'broken trail',
        code: 'change/broken-trail',
        reason: 'the audit trail is broken at record 3',
      })
  })

  test('stops nothing that was admitted before, and no way back', () => {
    expect(said(decide(intended({via: 'step'}), broken))).toBe('allowed')
    expect(said(decide(intended({wayBack: true}), broken))).toBe('allowed')
  })

  test('is gone on with by a typed reason; other rules hold all the same', () => {
    const despite = {...broken, despiteBrokenTrail: 'the disk was copied'}
    expect(said(decide(intended(), despite))).toBe('allowed')
    expect(said(decide(intended({environment: 'prod', danger: 'disruptive'}), despite))).toBe('protected environment')
  })
})

test('a run can be stopped whatever is wrong with the configuration', () => {
  const broken: Circumstances = {
    ...trusted,
    readOnlyFlag: false,
    config: () => {
      throw new Error('not YAML')
    },
  }
  expect(said(decide(intended({wayBack: true, environment: 'prod'}), broken))).toBe('allowed')
  expect(() => decide(intended({environment: 'prod'}), broken)).toThrow('not YAML')
})

test('every rule has a name of its own, and the first that refuses is the one that is told', () => {
  expect(new Set(RULES.map(rule => rule.name)).size).toBe(RULES.length)
  expect(RULES.map(rule => rule.name)).toEqual([
    'read-only flag',
    'read-only policy',
    'unchecked certificates',
    'broken trail',
    'change freeze',
    'protected environment',
    'confirmed',
  ])
})

describe('a change freeze', () => {
  const at = (text: string): number => Date.parse(`2026-12-${text}Z`)
  const frozen = (now: number, override?: string): Circumstances => ({
    ...holding(),
    config: () => ({
      policy: policySchema.parse({}),
      environments: [{name: 'prod', protected: false}],
      file: '/etc/opsconsole.yaml',
      freezes: [
        freezeSchema.parse({
          name: 'christmas',
          environments: ['prod'],
          from: '2026-12-24T00:00',
          until: '2026-12-27T00:00',
          zone: 'Europe/Berlin',
          allow: ['rollback'],
          override: ['ann'],
        }),
        freezeSchema.parse({name: 'weekends', environments: ['dev'], cron: '0 18 * * fri', for: '62h'}),
      ],
    }),
    overrideFreeze: override,
    now: () => now,
  })
  const run = (more: Partial<Change> = {}): Change =>
    intended({via: 'run', danger: 'disruptive', environment: 'prod', target: 'deploy', consent: 'asked', ...more})

  test.each([
    ['a minute before it', at('23T22:59'), {}, 'allowed'],
    ['from its beginning, by the clocks of its zone', at('23T23:00'), {}, 'change freeze'],
    ['until its end', at('26T22:59'), {}, 'change freeze'],
    ['after it', at('26T23:00'), {}, 'allowed'],
    ['elsewhere', at('24T00:00'), {environment: 'test'}, 'allowed'],
    ['what is safe', at('24T00:00'), {danger: 'safe'}, 'allowed'],
    ['a runbook that it allows', at('24T00:00'), {target: 'rollback'}, 'allowed'],
    ['the next step of what began before', at('24T00:00'), {via: 'step'}, 'allowed'],
    ['the way back', at('24T00:00'), {wayBack: true}, 'allowed'],
    ['a command', at('24T00:00'), {via: 'command', target: 'rollback'}, 'change freeze'],
    ['on a Sunday, by its schedule', at('13T12:00'), {environment: 'dev'}, 'change freeze'],
    ['on a Monday morning', at('14T08:00'), {environment: 'dev'}, 'allowed'],
  ] as const)('%s', (_, now, more, rule) => {
    expect(said(decide(run(more), frozen(now)))).toBe(rule)
  })

  test('is overridden with a reason by those who may, and says who they are', () => {
    expect(decide(run(), frozen(at('24T00:00')))).toMatchObject({
      code: 'change/frozen',
      reason: 'change freeze christmas until 2026-12-26 23:00 UTC holds in prod, and this is disruptive',
      hint: expect.stringContaining('--override-freeze REASON'),
    })
    expect(said(decide(run(), frozen(at('24T00:00'), 'the shop is down')))).toBe('allowed')
    const ben = {...ann, name: 'ben'}
    expect(decide(run({actor: ben}), frozen(at('24T00:00'), 'I want to'))).toMatchObject({
      rule: 'change freeze',
      hint: 'Wait for its end. ann may override it.',
    })
  })

  test('that is written wrongly is refused with its place', () => {
    const parse = (freeze: object) => freezeSchema.parse({name: 'x', ...freeze})
    const issues = (freeze: object): readonly string[] =>
      checkFreezes([parse(freeze)], ['prod']).map(({path, message}) => `${path.join('.')}: ${message()}`)
    expect(issues({})).toEqual(['0: should have from and until, or cron and for'])
    expect(issues({from: '2026-01-02T00:00', until: '2026-01-01T00:00'})).toEqual([
      '0.until: should be later than from',
    ])
    expect(issues({cron: '0 0 * * *', for: '1h', environments: ['prd']})).toEqual([
      '0.environments.0: should be one of prod, got "prd"',
    ])
  })
})
