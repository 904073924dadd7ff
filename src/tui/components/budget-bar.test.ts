import {expect, test} from 'vitest'
import {type Budget, budgetBar} from './budget-bar.ts'

const text = (budget: Partial<Budget>, width = 80): string =>
  budgetBar({objective: 0.999, left: 0.61, burn: 14, ...budget}, width)
    .map(each => each.text)
    .join('')

test.each<[Partial<Budget>, string]>([
  [{}, '99.9 % ██████░░░░ 61 % left, burns 14×'],
  [{burn: 2.34}, '99.9 % ██████░░░░ 61 % left, burns 2.3×'],
  [{burn: 0.4}, '99.9 % ██████░░░░ 61 % left'],
  [{burn: undefined}, '99.9 % ██████░░░░ 61 % left'],
  [{left: 1, burn: 0}, '99.9 % ██████████ 100 % left'],
  [{left: 0.999, burn: 0}, '99.9 % ██████████ 99 % left'],
  [{left: -0.2, burn: 30}, '99.9 % ░░░░░░░░░░ overspent by 20 %, burns 30×'],
  [{left: undefined}, '99.9 % budget unknown'],
])('%j is %s', (budget, words) => {
  expect(text(budget)).toBe(words)
})

test('what is left stays when there is little room', () => {
  expect(text({}, 30)).toBe('99.9 % 61 % left, burns 14×')
  expect(text({}, 22)).toBe('99.9 % 61 % left')
  expect(text({}, 9)).toBe('61 % left')
})

test('a budget that is low or burns fast stands out, one that is spent more so', () => {
  const tones = (budget: Partial<Budget>): readonly string[] =>
    budgetBar({objective: 0.999, left: 0.61, burn: 1, ...budget}, 80).map(each => each.tone)
  expect(tones({})).toContain('accent')
  expect(tones({left: 0.1})).toContain('warn bold')
  expect(tones({burn: 14})).toContain('warn bold')
  expect(tones({left: 0})).toContain('bad bold')
})
