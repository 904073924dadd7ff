import {expect, test} from 'vitest'
import type {Actor} from './actor.ts'
import {samePerson} from './same.ts'

const ada: Actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}
const unset: Actor = {...ada, loginUid: undefined}

test.each([
  ['a second session of the same login', {...ada, from: 'ssh 10.0.0.9'}, true],
  ['sudo to root', {...ada, name: 'root', uid: 0, sudoFrom: 'ada'}, true],
  ['another claimed name', {...ada, name: 'grace'}, true],
  ['another login, both with sudo', {...ada, name: 'grace', uid: 1000, loginUid: 1001}, false],
  ['another uid where no login is known', {...unset, uid: 1001}, false],
  ['the same uid where no login is known', unset, true],
  ['another login that is only claimed', {...ada, name: 'grace', loginUid: 1001, evidence: 'claimed' as const}, true],
  ['one’s own account, without the login that sudo kept', {...unset, uid: 1000}, true],
  ['the same SSH key under another account', {...ada, uid: 1001, loginUid: 1001, sshKey: 'SHA256:x'}, true],
])('%s', (_title, other, same) => {
  const first = 'sshKey' in other ? {...ada, sshKey: 'SHA256:x'} : ada
  expect(samePerson(first, other).same).toBe(same)
})
