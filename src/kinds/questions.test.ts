import {expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {askAll, type Question, requireAnswers} from './questions.ts'

interface Tank {
  readonly litres: number
  readonly cap: boolean
}
const questions: readonly Question<Tank, 'drive' | 'park'>[] = [
  {
    about: 'fuel',
    neededFor: ['drive'],
    ask: async ({litres}) => (litres > 0 ? [] : [{what: 'the tank is empty', fix: 'Fill it.'}]),
  },
  {
    about: 'cap',
    neededFor: ['drive', 'park'],
    ask: async ({cap}) => (cap ? [] : [{what: 'the cap is off', fix: 'Put it on.'}]),
  },
]
const want = {code: 'release/not-ready', intro: 'the car cannot go'} as const

test('a plan raises all that it needs at once, and nothing that it does not need', async () => {
  await expect(requireAnswers(questions, {litres: 0, cap: false}, {...want, purpose: 'drive'})).rejects.toMatchObject({
    code: 'release/not-ready',
    message: 'the car cannot go: the tank is empty; the cap is off',
    hint: 'Fill it.',
  })
  await expect(requireAnswers(questions, {litres: 0, cap: true}, {...want, purpose: 'park'})).resolves.toBeUndefined()
})

test('the doctor asks all, and one that cannot be asked hides no other', async () => {
  const broken = {
    about: 'sky',
    neededFor: ['drive'],
    ask: () => Promise.reject(new OpsError('release/not-ready', 'no sky', {hint: 'Go outside.'})),
  } as const
  expect(await askAll([broken, ...questions, broken], {litres: 1, cap: false}, 'car')).toEqual([
    {name: 'car', status: 'failed', detail: 'no sky', fix: 'Go outside.'},
    {name: 'car', status: 'failed', detail: 'the cap is off', fix: 'Put it on.'},
  ])
})
