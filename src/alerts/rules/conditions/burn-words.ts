import {formatShare} from '../../../units/number.ts'
import type {Burn, Slo} from '../../../monitors/objectives/budget.ts'

/** `burns its error budget (99.9% answered) 16 times as fast as it lasts over 1h, 22 over 5m; 61% is left`. */
export function burnWords({of, objective, left}: Slo, {long, short, longRate, shortRate}: Burn): string {
  const rate = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(value < 10 ? 1 : 0))
  const promise = `${Number((objective * 100).toFixed(4))}% ${of === 'availability' ? 'answered' : 'in time'}`
  const rest =
    left === undefined ? '' : left <= 0 ? '; it is spent' : `; ${formatShare(Math.floor(left * 100) / 100)} is left`
  return `burns its error budget (${promise}) ${rate(longRate)} times as fast as it lasts over ${long}, ${rate(shortRate)} over ${short}${rest}`
}
