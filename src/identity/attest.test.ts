import {expect, test} from 'vitest'
import type {Actor} from './actor.ts'
import {attest} from './attest.ts'

const names = new Map([
  [1000, 'ada'],
  [1001, 'grace'],
])
const nameOf = (uid: number): string | undefined => names.get(uid)
const grace: Actor = {name: 'grace', evidence: 'kernel', uid: 1001, loginUid: 1001, from: 'host', host: 'ops1'}

test.each([
  ['an honest claim stands', grace, 1001, {name: 'grace', evidence: 'kernel'}],
  ['another uid than the owner is nobody', grace, 1000, undefined],
  ['a borrowed name is put right', {...grace, name: 'ada'}, 1001, {name: 'grace', evidence: 'kernel'}],
  ['a login that is not the owner is only claimed', {...grace, uid: 0}, 0, {name: 'grace', evidence: 'claimed'}],
  ['a key is no evidence in a file', {...grace, evidence: 'sshd' as const}, 1001, {name: 'grace', evidence: 'kernel'}],
  ['without a login the uid counts', {...grace, loginUid: undefined, uid: 7}, 7, {name: 'uid 7', evidence: 'kernel'}],
])('%s', (_title, claim, owner, expected) => {
  const found = attest(claim, owner, nameOf)
  expect(found && {name: found.name, evidence: found.evidence}).toEqual(expected)
})
