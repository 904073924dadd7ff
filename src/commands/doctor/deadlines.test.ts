import {expect, test} from 'vitest'
import {KINDS} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {checkDeadlines} from './deadlines.ts'

const config = (services: readonly object[]): Config =>
  ({...Object.fromEntries(KINDS.map(({section}) => [section, []])), services}) as unknown as Config
const service = (interval: number, timeout: number, more: object = {}) => ({
  name: `web-${interval}`,
  environment: 'shop',
  interval,
  timeout,
  probe: {type: 'http'},
  ...more,
})

test('a deadline that is longer than the interval is told, with what it does', () => {
  expect(checkDeadlines(config([service(1000, 5000), service(30_000, 5000), service(2000, 2000)]))).toEqual([
    {
      name: 'timeout of service/shop/web-1000',
      status: 'warning',
      detail:
        'a probe may take 5s, and the next one is due after 1s: while it hangs it is probed more seldom, and found down later',
      fix: 'Give it a timeout no longer than its interval.',
    },
  ])
})

test('the shorter deadline of a probe itself counts', () => {
  expect(checkDeadlines(config([service(1000, 5000, {probe: {type: 'http', timeout: 800}})]))).toEqual([])
  expect(checkDeadlines(config([service(1000, 5000, {probe: {type: 'http', timeout: 8000}})]))).toHaveLength(1)
})

test('of thousands there is one line', () => {
  const many = Array.from({length: 5000}, (_, n) => service(1000 + (n % 1000), 5000))
  expect(checkDeadlines(config(many)).map(({name, detail}) => [name, detail.slice(0, 12)])).toEqual([
    ['timeouts', '5000 targets'],
  ])
  expect(checkDeadlines(config([]))).toEqual([])
})
