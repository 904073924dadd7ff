import {expect, test} from 'vitest'
import {parseUpstream, withServers} from './upstream-file.ts'

const TEXT = `# kept by hand
upstream other { server 10.0.0.9:1; }
upstream "web" {   # the shop
  least_conn; keepalive 32;
  server 10.0.0.1:8080 max_fails=2   weight=3;
  server   10.0.0.2:8080
      down;  # broken since May; do not touch
  # server 10.0.0.3:8080;
  server unix:/run/app.sock backup;
}
`

test('the server lines of the named block are read, whatever else stands there', () => {
  const lines = parseUpstream(TEXT, 'web')
  expect(lines.map(({address, placement, weight, others}) => [address, placement, weight, others])).toEqual([
    ['10.0.0.1:8080', 'serving', 3, ['max_fails=2']],
    ['10.0.0.2:8080', 'off', 1, []],
    ['unix:/run/app.sock', 'serving', 1, ['backup']],
  ])
})

test('only the lines of the servers that move are written anew', () => {
  const moved = withServers(
    TEXT,
    parseUpstream(TEXT, 'web'),
    new Map([
      ['10.0.0.1:8080', {placement: 'draining', weight: 20}],
      ['10.0.0.2:8080', {placement: 'serving', weight: undefined}],
    ]),
  )
  expect(moved).toBe(`# kept by hand
upstream other { server 10.0.0.9:1; }
upstream "web" {   # the shop
  least_conn; keepalive 32;
  server 10.0.0.1:8080 weight=20 max_fails=2 down; # opsconsole: draining own weight 3
  server 10.0.0.2:8080;  # broken since May; do not touch
  # server 10.0.0.3:8080;
  server unix:/run/app.sock backup;
}
`)
  expect(parseUpstream(moved, 'web')[0]).toMatchObject({placement: 'draining', weight: 20, ownWeight: 3})
})

test('a server that has its own weight and traffic again carries no remark', () => {
  const begun = 'upstream web {\n  server 10.0.0.1:1 weight=9 down; # opsconsole: draining own weight 3\n}\n'
  const back = withServers(
    begun,
    parseUpstream(begun, 'web'),
    new Map([['10.0.0.1:1', {placement: 'serving', weight: 'own'}]]),
  )
  expect(back).toBe('upstream web {\n  server 10.0.0.1:1 weight=3;\n}\n')
})

test('any placement and weight is read back as it was written, 500 random blocks', () => {
  let seed = 20261126
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * below)
  }
  for (let round = 0; round < 500; round += 1) {
    let text = `upstream web {\n${[1, 2, 3].map(nth => `  server 10.0.0.${nth}:80${random(2) === 0 ? '' : ` weight=${2 + random(9)}`};\n`).join('')}}\n`
    const first = text
    for (let step = 0; step < 4; step += 1) {
      const placement = (['serving', 'draining', 'off'] as const)[random(3)] ?? 'off'
      const weight = [undefined, 'own' as const, 1 + random(200)][random(3)]
      text = withServers(text, parseUpstream(text, 'web'), new Map([['10.0.0.2:80', {placement, weight}]]))
      expect(parseUpstream(text, 'web')[1]).toMatchObject({placement, ...(typeof weight === 'number' ? {weight} : {})})
    }
    const back = withServers(
      text,
      parseUpstream(text, 'web'),
      new Map([['10.0.0.2:80', {placement: 'serving', weight: 'own'}]]),
    )
    expect(back).toBe(first)
  }
})

test.each([
  ['upstream web { server a; } upstream web { server b; }', '2 blocks'],
  ['upstream web { server a; server a down; }', 'a twice'],
  ['upstream api { server a; }', 'no block'],
  ['# upstream web { server a; }', 'no block'],
])('%s is refused: %s', (text, words) => {
  expect(() => parseUpstream(text, 'web')).toThrow(words)
})

test('lines that end as on Windows keep their ends, and a remark of ours is read there too', () => {
  const text = 'upstream web {\r\n  server 10.0.0.1:1 weight=3;\r\n  server 10.0.0.2:1;\r\n}\r\n'
  const draining = withServers(
    text,
    parseUpstream(text, 'web'),
    new Map([['10.0.0.1:1', {placement: 'draining', weight: 9}]]),
  )
  expect(draining).toBe(
    'upstream web {\r\n  server 10.0.0.1:1 weight=9 down; # opsconsole: draining own weight 3\r\n  server 10.0.0.2:1;\r\n}\r\n',
  )
  expect(parseUpstream(draining, 'web')[0]).toMatchObject({placement: 'draining', ownWeight: 3})
  const back = withServers(
    draining,
    parseUpstream(draining, 'web'),
    new Map([['10.0.0.1:1', {placement: 'serving', weight: 'own'}]]),
  )
  expect(back).toBe(text)
})
