import {expect, test} from 'vitest'
import {privateGroup} from './private-group.ts'

const group = ['root:x:0:', 'ada:x:1000:', 'team:x:1002:grace', 'bob:x:1003:bob'].join('\n')
const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  'operator:x:11:0:operator:/root:/sbin/nologin',
  'ada:x:1000:1000::/home/ada:/bin/bash',
  'bob:x:1003:1003::/home/bob:/bin/bash',
].join('\n')

test.each([
  ['the group that was made with the account', {uid: 1000, gid: 1000}, {}, true],
  ['it, with its own account listed in it', {uid: 1003, gid: 1003}, {}, true],
  ['the group of root', {uid: 0, gid: 0}, {}, true],
  ['a group of another number', {uid: 1000, gid: 1003}, {}, false],
  ['a group into which somebody was put', {uid: 1002, gid: 1002}, {}, false],
  ['the group of root into which somebody was put', {uid: 0, gid: 0}, {group: 'root:x:0:bob'}, false],
  [
    'one that another account has as its first group',
    {uid: 1000, gid: 1000},
    {passwd: `${passwd}\neve:x:1009:1000::/home/eve:/bin/sh`},
    false,
  ],
  [
    'the group of root that a person has as their first group',
    {uid: 0, gid: 0},
    {passwd: `${passwd}\neve:x:1009:0::/home/eve:/bin/sh`},
    false,
  ],
  ['one of which the system says nothing', {uid: 1000, gid: 1000}, {group: '', passwd: ''}, true],
])('%s: private is %4$s', (_title, owner, change, isPrivate) => {
  expect(privateGroup(owner, {group, passwd, ...change})).toBe(isPrivate)
})
