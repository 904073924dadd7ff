import {expect, test} from 'vitest'
import {randomFrom} from '../../test/program/random.ts'
import {createNeedles, type Place} from './needles.ts'

const SEED = 20261127
const random = randomFrom(SEED)
const textOf = (letters: string, length: number): string =>
  Array.from({length}, () => letters[Math.floor(random() * letters.length)]).join('')

/** What stands there, without any of what makes it fast. */
function placesByHand(text: string, needles: readonly string[]): readonly Place[] {
  const places: Place[] = []
  for (let from = 0; from < text.length; from += 1) {
    const length = Math.max(0, ...needles.filter(each => text.startsWith(each, from)).map(each => each.length))
    if (length === 0) continue
    places.push([from, from + length])
    from += length - 1
  }
  return places
}

function beginningByHand(text: string, needles: readonly string[], shortest: number): number {
  for (let from = 0; text.length - from >= shortest; from += 1)
    if (needles.some(each => each.length > text.length - from && each.startsWith(text.slice(from)))) return from
  return -1
}

test(`needles of every length are found as by hand, in 2,000 random texts (seed ${SEED})`, () => {
  for (let round = 0; round < 2000; round += 1) {
    // Few letters, so that much almost fits; some beyond 16 bits.
    const letters = round % 3 === 0 ? 'ab' : round % 3 === 1 ? 'abcd' : 'aß日\ud83d\udc4d'
    const list = Array.from({length: 1 + Math.floor(random() * 12)}, () =>
      textOf(letters, 3 + Math.floor(random() * (round % 5 === 0 ? 30 : 5))),
    )
    const needles = createNeedles()
    for (const needle of list) needles.add(needle)
    const text = textOf(letters, Math.floor(random() * 80)) + (list[0] ?? '') + textOf(letters, 3)
    expect(needles.placesIn(text)).toEqual(placesByHand(text, list))
    const cut = text + (list.at(-1) ?? '').slice(0, -1)
    expect(needles.beginningIn(cut, 4)).toBe(beginningByHand(cut, list, 4))
  }
})

test('a needle that is no regular expression any more is one like every other', () => {
  const needles = createNeedles()
  needles.add(textOf('abcdefgh', 500_000))
  needles.add('short')
  expect(needles.placesIn('a short one')).toEqual([[2, 7]])
  expect(needles.longest).toBe(500_000)
})
