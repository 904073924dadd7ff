import {describe, expect, test} from 'vitest'
import type {AuditEntry, AuditLog} from '../audit/record.ts'
import {OpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import type {Change} from './change.ts'
import type {Circumstances} from './decision.ts'
import {policySchema} from './config.ts'
import {freezeSchema} from './freezes/config.ts'
import {openGate} from './gate.ts'

const ann: Actor = {name: 'ann', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}
const change: Change = {
  action: 'cache invalidated',
  target: 'cache main',
  environment: 'prod',
  danger: 'destructive',
  actor: ann,
  via: 'command',
  reason: 'stale',
  consent: {yes: true, typed: []},
}

const trusted = {
  certificatesUnchecked: false,
  brokenTrail: () => undefined,
  despiteBrokenTrail: undefined,
  overrideFreeze: undefined,
  now: () => 0,
}

function opened(
  readOnlyFlag: boolean,
  append: (entry: AuditEntry) => void = () => {},
  more: Partial<Circumstances> = {},
) {
  const trail: AuditEntry[] = []
  const audit: AuditLog = {
    append: entry => {
      append(entry)
      trail.push(entry)
      return {...entry, v: 1, seq: trail.length, at: 0, actor: ann, prev: ''}
    },
    list: () => [],
  }
  const circumstances: Circumstances = {...trusted, readOnlyFlag, config: () => undefined, ...more}
  return {gate: openGate({audit: () => audit, circumstances: () => circumstances}), trail}
}

const entry = {action: 'cache invalidated', target: 'cache main', environment: 'prod'}

describe('a single change', () => {
  test('is in the trail before it happens, with its outcome after it', async () => {
    const {gate, trail} = opened(false)
    const result = await gate.carryOut(change, () => {
      expect(trail).toEqual([{...entry, reason: 'stale', phase: 'intent'}])
      return 3
    })
    expect(result).toBe(3)
    expect(trail.at(-1)).toEqual({...entry, reason: 'stale', phase: 'outcome', outcome: 'done'})
  })

  test('is decided by one look at the configuration, and the next by another', () => {
    let looks = 0
    const config = (): undefined => void (looks += 1)
    const {gate} = opened(false, () => {}, {config})
    gate.admit(change)
    expect(looks).toBe(1)
    gate.admit(change)
    expect(looks).toBe(2)
  })

  test('that fails says why in its outcome', async () => {
    const {gate, trail} = opened(false)
    const work = (): Promise<never> => Promise.reject(new Error('connection reset'))
    await expect(gate.carryOut(change, work)).rejects.toThrow('connection reset')
    expect(trail.at(-1)).toMatchObject({phase: 'outcome', outcome: 'failed', reason: 'connection reset'})
  })

  test('does not happen when its intent cannot be written', async () => {
    const {gate} = opened(false, () => {
      throw new OpsError('audit/unwritable', 'no space left')
    })
    let done = false
    await expect(gate.carryOut(change, () => (done = true))).rejects.toThrow('no space left')
    expect(done).toBe(false)
  })
})

describe('a refusal', () => {
  test('is one record with its reason and its rule, and nothing happens', async () => {
    const {gate, trail} = opened(true)
    let done = false
    const refused = gate.carryOut(change, () => (done = true))
    await expect(refused).rejects.toMatchObject({code: 'usage/read-only', exit: 7})
    expect(done).toBe(false)
    expect(trail).toEqual([
      {
        ...entry,
        phase: 'decision',
        outcome: 'refused',
        reason: 'this was called with --read-only, which forbids every change',
        detail: {rule: 'read-only flag', via: 'command'},
      },
    ])
  })

  test('stays a refusal when it cannot be recorded, and says so', () => {
    const {gate} = opened(true, () => {
      throw new OpsError('audit/unwritable', 'no space left')
    })
    expect(() => gate.admit(change)).toThrow(
      expect.objectContaining({
        code: 'usage/read-only',
        hint: 'Call it again without --read-only. The refusal could not be recorded: no space left.',
      }),
    )
  })

  test('that is only asked about leaves no trace', () => {
    const {gate, trail} = opened(true)
    expect(gate.ask(change)).toMatchObject({allowed: false, rule: 'read-only flag'})
    expect(trail).toEqual([])
  })
})

describe('a broken trail', () => {
  test('is gone on with by a typed reason, which is in the trail before the change', async () => {
    let broken: string | undefined = 'the audit trail is broken at record 3'
    const accept = ({action}: AuditEntry): void => {
      if (action === 'broken trail accepted') broken = undefined
    }
    const {gate, trail} = opened(false, accept, {
      brokenTrail: () => broken,
      despiteBrokenTrail: 'the disk was copied',
    })
    await gate.carryOut(change, () => 3)
    await gate.carryOut(change, () => 3)
    expect(trail.map(({action, phase}) => `${action} ${phase}`)).toEqual([
      'broken trail accepted decision',
      ...['intent', 'outcome', 'intent', 'outcome'].map(phase => `cache invalidated ${phase}`),
    ])
    expect(trail[0]).toMatchObject({
      reason: 'the disk was copied',
      detail: {broken: 'the audit trail is broken at record 3'},
    })
  })
})

describe('a change freeze', () => {
  test('is overridden by a typed reason, which is in the trail once before the change', async () => {
    const config = {
      policy: policySchema.parse({}),
      environments: [{name: 'prod', protected: false}],
      file: 'x.yaml',
      freezes: [freezeSchema.parse({name: 'x', from: '2026-01-01T00:00', until: '2026-02-01T00:00'})],
    }
    const now = (): number => Date.parse('2026-01-15T00:00:00Z')
    const {gate, trail} = opened(false, undefined, {config: () => config, now, overrideFreeze: 'the shop is down'})
    gate.admit({...change, consent: 'asked'})
    await gate.carryOut(change, () => 3)
    expect(trail.map(({action, phase, reason}) => `${action} ${phase}: ${reason}`)).toEqual([
      'change freeze overridden decision: the shop is down',
      'cache invalidated intent: stale',
      'cache invalidated outcome: stale',
    ])
    await expect(opened(false, undefined, {config: () => config, now}).gate.carryOut(change, () => 3)).rejects.toThrow(
      'change freeze x until 2026-02-01 00:00 UTC holds in prod',
    )
  })
})

test('what holds is asked anew each time', async () => {
  let readOnlyFlag = false
  const {trail} = opened(false)
  const audit = opened(false)
  const gate = openGate({
    audit: () => ({append: () => ({}) as never, list: () => []}),
    circumstances: () => ({...trusted, readOnlyFlag, config: () => undefined}),
  })
  expect(gate.ask(change).allowed).toBe(true)
  readOnlyFlag = true
  expect(gate.ask(change).allowed).toBe(false)
  expect([trail, audit.trail]).toEqual([[], []])
})
