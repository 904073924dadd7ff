import {expect, test} from 'vitest'
import type {Exec} from '../../../processes/exec.ts'
import type {TrafficServer} from '../traffic-driver.ts'
import {openCounts, withCounts} from './counts.ts'

const SERVER: TrafficServer = {
  name: 'blue',
  placement: 'serving',
  word: 'WEIGHT 5',
  fresh: true,
  failing: false,
  check: '2 of 2 pods available',
  responses: 0,
  errors: 0,
}
/** The program prints these, one after the other; an error is one that fails. */
const counted = (...prints: readonly (string | Error)[]) => {
  const left = [...prints]
  const exec: Exec = async () => {
    const next = left.shift() ?? ''
    if (next instanceof Error) throw next
    return {exitCode: 0, stdout: next, stderr: '', durationMs: 0}
  }
  return openCounts(['./count'], {exec, names: ['blue', 'green'], timeoutMs: 1000})
}
const signal = new AbortController().signal
const GOOD = JSON.stringify({blue: {responses: 10, errors: 1}, green: {responses: 2, errors: 0, refused: 1}})

test('what the program counts is of the server', async () => {
  const counts = await counted(GOOD)(signal)
  expect(withCounts(SERVER, counts)).toEqual({...SERVER, responses: 10, errors: 1})
  expect(withCounts({...SERVER, name: 'green'}, counts)).toMatchObject({responses: 2, refused: 1})
  expect(withCounts(SERVER, undefined)).toBe(SERVER)
})

test.each([
  ['nothing', '', /printed no JSON: nothing/],
  ['no JSON', 'oops', /printed no JSON: oops/],
  ['a server less', '{"blue": {"responses": 1, "errors": 0}}', /printed nothing of green/],
  ['less than nothing', GOOD.replace('10', '-1'), /not understood at blue\.responses/],
  ['a word too many', GOOD.replace('errors', 'faults'), /not understood at blue/],
  ['a failure', new Error('./count exited with 1'), /exited with 1/],
])('of a program that prints %s what it said last stands, with the reason', async (_what, print, words) => {
  const count = counted(GOOD, print)
  await count(signal)
  const server = withCounts(SERVER, await count(signal))
  expect(server).toMatchObject({responses: 10, errors: 1})
  expect(server.check).toMatch(/^2 of 2 pods available; not counted: /)
  expect(server.check).toMatch(words)
})
