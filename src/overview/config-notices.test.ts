import {expect, test} from 'vitest'
import {configNotices} from './config-notices.ts'

const NOW = Date.UTC(2026, 10, 26, 15, 12)
const file = '/etc/opsconsole/opsconsole.yaml'
const here = {file, writtenAt: Date.UTC(2026, 10, 26, 14, 2)}
const elsewhere = {state: 'elsewhere', holder: 'agent on web1 (pid 7)'} as const
const nobody = {state: 'nobody', holder: '', inForce: undefined} as const
const refused = {writtenAt: Date.UTC(2026, 10, 26, 15, 10), reason: 'line 12: services/0/url: is missing'}

test('a refused file is named with what is in force and where it is wrong', () => {
  const text =
    'configuration of 14:02 UTC in force; opsconsole.yaml changed 15:10 UTC is refused: line 12: services/0/url: is missing'
  expect(configNotices({...here, refused}, nobody, NOW)).toEqual([{level: 'critical', text}])
  expect(configNotices(here, {...elsewhere, inForce: {...here, refused}}, NOW)).toEqual([
    {level: 'critical', text: `agent on web1 (pid 7): ${text}`},
  ])
})

test('two that differ are named; one that all work by is nothing to say', () => {
  expect(configNotices(here, {...elsewhere, inForce: here}, NOW)).toEqual([])
  expect(configNotices(here, {state: 'here', holder: 'this', inForce: here}, NOW)).toEqual([])
  expect(configNotices(here, {...elsewhere, inForce: {file, writtenAt: Date.UTC(2026, 10, 25, 9)}}, NOW)).toEqual([
    {
      level: 'warning',
      text: 'agent on web1 (pid 7) watches by the configuration of 2026-11-25 09:00 UTC, not by that of 14:02 UTC',
    },
  ])
  expect(configNotices(here, {...elsewhere, inForce: {...here, file: '/srv/o.yaml'}}, NOW)[0]?.text).toBe(
    `agent on web1 (pid 7) watches by /srv/o.yaml, not by ${file}`,
  )
})
