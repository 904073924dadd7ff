import {expect, test} from 'vitest'
import {parseState} from './parse-state.ts'

const spec = {state: ['./traffic-state'], drain: false, counts: false}
const printed = (server: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({servers: [{name: 'blue1', placement: 'serving', ...server}]})

test('what is printed is what is shown; what nobody counts stays unknown', () => {
  const text = JSON.stringify({
    unserved: 3,
    servers: [
      {name: 'blue1', placement: 'serving', weight: 95, responses: 10, errors: 1, refused: 2},
      {name: 'green1', placement: 'off', healthy: false, detail: 'machine stopped\u001b[2J'},
    ],
  })
  const {servers, unserved} = parseState(text, spec)
  expect(unserved).toBe(3)
  expect(servers.get('blue1')).toEqual({
    name: 'blue1',
    placement: 'serving',
    word: 'UP, weight 95',
    weight: 95,
    fresh: true,
    failing: false,
    check: 'healthy',
    responses: 10,
    errors: 1,
    refused: 2,
  })
  expect(servers.get('green1')).toMatchObject({word: 'DOWN', failing: true, check: 'machine stopped^[[2J'})
  expect(servers.get('green1')).not.toHaveProperty('sessions')
})

test.each([
  ['nothing', '', spec, 'printed no JSON: nothing'],
  ['an error page', '<html>', spec, 'printed no JSON: <html>'],
  ['another word', printed({placement: 'live'}), spec, 'at servers.0.placement'],
  ['a key that means nothing', printed({session: 1}), spec, 'at servers.0'],
  ['a count below zero', printed({sessions: -1}), spec, 'at servers.0.sessions'],
  ['a draining one without sessions', printed({placement: 'draining'}), {...spec, drain: true}, 'no sessions of blue1'],
  ['no counters', printed({}), {...spec, counts: true}, 'no responses and errors of blue1'],
  [
    'one server twice',
    JSON.stringify({servers: [1, 2].map(() => ({name: 'blue1', placement: 'off'}))}),
    spec,
    'the same server twice',
  ],
])('%s is refused, never guessed', (_, text, options, words) => {
  expect(() => parseState(text, options)).toThrow(words)
})
