import {describe, expect, test} from 'vitest'
import {moveCommand} from './commands.ts'
import {parseCsv, parseServersState} from './csv.ts'
import {parseState} from './haproxy.ts'

describe('the CSV of show stat', () => {
  const table: readonly (readonly [string, string, readonly Readonly<Record<string, string>>[]])[] = [
    ['plain fields', '# a,b\n1,2\n', [{a: '1', b: '2'}]],
    ['a trailing comma', '# a,b,\n1,2,\n', [{a: '1', b: '2', '': ''}]],
    ['a quoted comma', '# a,b\n1,"x, y"\n', [{a: '1', b: 'x, y'}]],
    ['a doubled quote', '# a,b\n1,"say ""no"", now"\n', [{a: '1', b: 'say "no", now'}]],
    [
      'a newline inside quotes',
      '# a,b\n1,"x\ny"\n2,z\n',
      [
        {a: '1', b: 'x\ny'},
        {a: '2', b: 'z'},
      ],
    ],
    ['an empty quoted field', '# a,b\n"",2\n', [{a: '', b: '2'}]],
    ['a quote inside a bare field', '# a,b\n5" disk,2\n', [{a: '5" disk', b: '2'}]],
    ['carriage returns', '# a,b\r\n1,2\r\n', [{a: '1', b: '2'}]],
    ['a missing last newline', '# a,b\n1,2', [{a: '1', b: '2'}]],
    ['a short row', '# a,b,c\n1,2\n', [{a: '1', b: '2', c: ''}]],
    ['blank lines at the end', '# a,b\n1,2\n\n\n', [{a: '1', b: '2'}]],
    ['nothing', '', []],
  ]
  test.each(table)('reads %s', (_title, text, rows) => expect(parseCsv(text)).toEqual(rows))

  test('the state of servers is read by column name', () => {
    expect(parseServersState('1\n# be_name srv_name srv_admin_state\napp blue-1 0\napp green-1 12\n\n')).toEqual([
      {be_name: 'app', srv_name: 'blue-1', srv_admin_state: '0'},
      {be_name: 'app', srv_name: 'green-1', srv_admin_state: '12'},
    ])
  })
})

describe('commands', () => {
  test('a weight is set before a server gets traffic, and after it gets none any more', () => {
    expect(
      moveCommand('app', [
        {server: 'green-1', to: 'serving', weight: 13},
        {server: 'blue-1', to: 'draining', weight: 'own'},
        {server: 'blue-2', to: 'off'},
      ]),
    ).toBe(
      'set server app/green-1 weight 13; set server app/green-1 state ready; set server app/blue-1 state drain; set server app/blue-1 weight 100%; set server app/blue-2 state maint',
    )
  })

  test('a switch is one line, new slot first', () => {
    expect(
      moveCommand('app', [
        {server: 'green-1', to: 'serving'},
        {server: 'blue-1', to: 'draining'},
      ]),
    ).toBe('set server app/green-1 state ready; set server app/blue-1 state drain')
  })
  test.each(['a;shutdown', 'a b', 'a\nb', '', '../x', 'a/b'])('a server called %j is refused', server => {
    expect(() => moveCommand('app', [{server, to: 'serving'}])).toThrow(/cannot be a backend or server/)
  })
})

describe('the state of a backend', () => {
  const head =
    '# pxname,svname,scur,status,check_status,last_chk,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other'
  const state = (status: string, check: string, admin: number) =>
    parseState(
      'app',
      `${head}\napp,s,3,${status},${check},,0,90,1,2,7,0\napp,BACKEND,3,UP,,,0,90,1,2,9,0\n\n` +
        `1\n# be_name srv_name srv_admin_state\napp s ${admin}\n\n`,
    ).servers.get('s')

  test.each([
    ['UP', 'L7OK', 0, 'serving', true],
    ['UP', '* L7OK', 0, 'serving', true],
    ['UP 1/2', 'L7OK', 0, 'serving', false],
    ['UP', 'INI', 0, 'serving', false],
    ['DRAIN', 'L7OK', 8, 'draining', true],
    ['DRAIN 1/2', 'L7OK', 8, 'draining', false],
    ['DOWN', 'L4CON', 12, 'draining', false],
    ['DOWN', 'L4CON', 0, 'serving', false],
    ['DOWN 1/2', 'L7OK', 0, 'serving', false],
    ['MAINT', '', 5, 'off', false],
    ['MAINT (via app/x)', '', 2, 'off', false],
    ['no check', '', 0, 'serving', false],
    ['NOLB', 'L7OK', 0, 'serving', false],
  ] as const)('%s with %s and admin %i is %s, fresh: %s', (status, check, admin, placement, fresh) => {
    expect(state(status, check, admin)).toMatchObject({
      placement,
      fresh,
      word: status,
      sessions: 3,
      responses: 100,
      errors: 7,
    })
  })
  test('5xx that no server gave are counted as unserved', () => {
    const servers = '1\n# be_name srv_name srv_admin_state\napp s 0\n\n'
    expect(
      parseState('app', `${head}\napp,s,0,UP,L7OK,,0,0,0,0,7,0\napp,BACKEND,0,UP,,,0,0,0,0,9,0\n\n${servers}`).unserved,
    ).toBe(2)
  })
  test('a backend that is not there is named', () => {
    expect(() => parseState('shop', `${head}\napp,BACKEND,0,UP,,,0,0,0,0,9,0\n`)).toThrow(/no backend shop/)
    expect(() => parseState('app', 'Permission denied\n')).toThrow(/Permission denied/)
    expect(() => parseState('app', `${head}\nshop,BACKEND,0,UP,,,0,0,0,0,9,0\n`)).toThrow(/no backend app; it has shop/)
  })

  const total = 'app,BACKEND,3,UP,,,0,90,1,2,9,0'
  const row = 'app,s,3,DOWN,L4CON,,0,90,1,2,7,0'
  test.each([
    ['no answer of servers', `${head}\n${row}\n${total}\n\n`, '`show servers state` answered ""'],
    ['a refusal', `${head}\n${row}\n${total}\n\nPermission denied\n\n`, 'answered "Permission denied"'],
    ['a server left out', `${head}\n${row}\n${total}\n\n1\n# be_name srv_name srv_admin_state\n\n`, 'does not name s'],
    [
      'no administrative state',
      `${head}\n${row}\n${total}\n\n1\n# be_name srv_name\napp s\n`,
      'no column srv_admin_state',
    ],
    ['no state', `# pxname,svname,scur\napp,s,3\napp,BACKEND,3\n\n`, 'no column status'],
  ])('%s is not taken for a server that serves', (_title, text, says) => {
    expect(() => parseState('app', text)).toThrow(says)
  })
})
