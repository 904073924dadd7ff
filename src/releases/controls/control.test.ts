import {expect, test} from 'vitest'
import {forgetfulRecords} from '../../kinds/records.ts'
import {mapFiles, parseMap} from '../traffic/haproxy/controls.ts'
import {controlOf, type ControlParams, controlWords, idOf, usersGet} from './control.ts'
import {dueControls, forgetControl, noteControl, readControls} from './record.ts'

test.each([
  [{control: 'maintenance'}, 'maintenance', 'maintenance answer', /every request is answered 503/],
  [{control: 'drain', server: 'blue-1'}, 'drain:blue-1', 'drain of blue-1', /the others of its slot/],
  [{control: 'weigh', server: 'blue-1', percent: 20}, 'weigh:blue-1', '20 % of its share for blue-1', /gets 20 %/],
  [{control: 'block', address: '203.0.113.7'}, 'block:203.0.113.7', 'block of 203.0.113.7', /requests from/],
  [{control: 'block', address: '2001:db8::/48'}, 'block:2001:db8::/48', 'block of 2001:db8::/48', /403/],
  [{control: 'limit', path: '/login', perSecond: 5}, 'limit:/login', 'limit of 5/s for /login', /more than 5 a second/],
] as const)('%j is %s', (params, id, words, users) => {
  const control = controlOf(params)
  expect(idOf(control)).toBe(id)
  expect(controlWords(control)).toBe(words)
  expect(usersGet(control)).toMatch(users)
})

test.each<readonly [ControlParams, RegExp]>([
  [{control: 'drain'}, /drain needs server/],
  [{control: 'weigh', server: 'a'}, /weigh needs percent/],
  [{control: 'block'}, /needs an address or a path/],
  [{control: 'block', address: '1.2.3.4', path: '/x'}, /and not both/],
  [{control: 'block', path: '/'}, /should be the beginning of a path/],
  [{control: 'block', path: '/a b'}, /should be the beginning of a path/],
  [{control: 'block', path: '/a;disable server app/blue-1'}, /should be the beginning of a path/],
  [{control: 'block', address: 'example.org'}, /should be an address or a network/],
  [{control: 'block', address: 'fe80::1%eth0'}, /should be an address or a network/],
  [{control: 'block', address: '10.0.0.0/33'}, /should be an address or a network/],
  [{control: 'block', address: '0.0.0.0/0'}, /is wider than \/8/],
  [{control: 'limit', address: '::/0', perSecond: 1}, /is wider than \/16/],
  [{control: 'limit', path: '/login'}, /limit needs perSecond/],
])('%j is refused', (params, words) => {
  expect(() => controlOf(params)).toThrow(words)
})

test('one that was put on again is not forgotten by the end of the one before', () => {
  const records = forgetfulRecords()
  const web = {environment: 'production', name: 'web'}
  const pause = (run: string, until: number) => ({id: 'pause', control: {kind: 'pause'}, at: 0, until, run}) as const
  noteControl(records, web, pause('r-1', 100))
  const [first] = readControls(records, web)
  noteControl(records, web, pause('r-2', 500))
  expect(readControls(records, web)).toEqual([pause('r-2', 500)])
  if (first !== undefined) forgetControl(records, web, first)
  expect(dueControls([web], records, 499)).toEqual([])
  expect(dueControls([web], records, 500)).toEqual([
    {environment: 'production', release: 'web', id: 'pause', run: 'r-2'},
  ])
  forgetControl(records, web, pause('r-2', 500))
  expect(readControls(records, web)).toEqual([])
})

test('maps and their entries are read as HAProxy lists them', () => {
  const list = `# id (file) description
0 (/etc/haproxy/controls/paused.map) pattern loaded from file '/etc/haproxy/controls/paused.map' used by map
-1 (/etc/haproxy/other.map) pattern loaded from file '/etc/haproxy/other.map' used by map
`
  expect(mapFiles(list)).toEqual(['/etc/haproxy/controls/paused.map', '/etc/haproxy/other.map'])
  expect(parseMap('0x7f1c34036c20 on 1\n\n')).toEqual(new Map([['on', '1']]))
  expect(parseMap('Unknown map identifier. Please use #<id> or <file>.\n')).toEqual(new Map())
})
