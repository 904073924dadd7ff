import type {AuditEntry, AuditLog} from '../../src/audit/record.ts'
import {policySchema} from '../../src/admission/config.ts'
import {type Gate, openGate} from '../../src/admission/gate.ts'
import {TESTER} from '../../src/authoring/testing/memory-run.ts'

export interface Circumstances {
  readonly flag?: boolean
  readonly policy?: boolean
  readonly protected?: boolean
}

/** A gate with its trail. The circumstances can change while a run goes on. */
export function gateIn(how: () => Circumstances): {
  readonly gate: Gate
  readonly audit: AuditLog
  readonly trail: AuditEntry[]
} {
  const trail: AuditEntry[] = []
  const audit: AuditLog = {
    append: entry => {
      trail.push(entry)
      return {...entry, v: 1, seq: trail.length, at: 0, actor: TESTER, prev: ''}
    },
    list: () => [],
  }
  const circumstances = () => ({
    readOnlyFlag: how().flag === true,
    config: () => ({
      file: 'opsconsole.yaml',
      environments: [{name: 'prod', protected: how().protected === true}],
      policy: policySchema.parse({readOnly: how().policy === true}),
    }),
    certificatesUnchecked: false,
    brokenTrail: () => undefined,
    despiteBrokenTrail: undefined,
    overrideFreeze: undefined,
    now: () => 0,
  })
  return {gate: openGate({audit: () => audit, circumstances}), audit, trail}
}

/** What refuses a destructive change, and how. */
export const WAYS = [
  {
    way: {flag: true},
    rule: 'read-only flag',
    code: 'usage/read-only',
    reason: 'this was called with --read-only, which forbids every change',
  },
  {
    way: {policy: true},
    rule: 'read-only policy',
    code: 'usage/read-only',
    reason: 'the policy is read-only, which forbids every change',
  },
  {
    way: {protected: true},
    rule: 'protected environment',
    code: 'change/protected',
    reason: 'prod is protected and this is destructive, so its name must be typed',
  },
] as const
