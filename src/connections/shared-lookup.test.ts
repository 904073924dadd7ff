import type {LookupFunction} from 'node:net'
import {expect, test} from 'vitest'
import {lookUpUntil, sharedLookups} from './shared-lookup.ts'

type Found = Parameters<Parameters<LookupFunction>[2]>

function nameServer() {
  const asked: {name: string; answer: (...found: Found) => void}[] = []
  const until = sharedLookups((name, _options, answer) => void asked.push({name, answer}))
  const got: string[] = []
  const ask = (who: string, name: string, isOver = () => false, options = {}): void =>
    until(isOver)(name, options, (error, address) => got.push(`${who}: ${error ? error.message : (address as string)}`))
  return {asked, got, ask}
}

test('a name is looked up once for all that wait for it, and again when it is known', () => {
  const {asked, got, ask} = nameServer()
  for (const who of ['a', 'b', 'c']) ask(who, 'shop.example')
  ask('d', 'other.example')
  expect(asked.map(({name}) => name)).toEqual(['shop.example', 'other.example'])
  asked[0]?.answer(null, '192.0.2.1', 4)
  expect(got).toEqual(['a: 192.0.2.1', 'b: 192.0.2.1', 'c: 192.0.2.1'])
  ask('e', 'shop.example')
  expect(asked).toHaveLength(3)
  asked[2]?.answer(Object.assign(new Error('gone'), {code: 'ENOTFOUND'}), '')
  expect(got.at(-1)).toBe('e: gone')
})

test('who asks for something else of the same name gets an answer of his own', () => {
  const {asked, ask} = nameServer()
  ask('a', 'shop.example', undefined, {family: 4})
  ask('b', 'shop.example', undefined, {family: 6})
  ask('c', 'shop.example', undefined, {all: true})
  expect(asked).toHaveLength(3)
})

test('probes that are over are told nothing, and are not kept while a name server is silent', () => {
  const {asked, got, ask} = nameServer()
  let checked = 0
  const over = (): boolean => {
    checked += 1
    return true
  }
  for (let probe = 0; probe < 1000; probe += 1) ask(`probe ${probe}`, 'shop.example', over)
  ask('the last', 'shop.example')
  expect(asked).toHaveLength(1)
  // One is kept at a time: each is asked once or twice whether it is over, not once for all that came after it.
  expect(checked).toBeLessThanOrEqual(1001)
  asked[0]?.answer(null, '192.0.2.1', 4)
  expect(got).toEqual(['the last: 192.0.2.1'])
})

test('the name of this host is found by the system', async () => {
  const found = await new Promise(resolve =>
    lookUpUntil(() => false)('localhost', {family: 4}, (error, address) => resolve(error ?? address)),
  )
  expect(found).toBe('127.0.0.1')
})
