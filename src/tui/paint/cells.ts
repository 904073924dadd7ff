import type {Line} from '../layout/line.ts'
import {eachGrapheme} from '../layout/text.ts'
import {lookOf, type Theme, toAscii} from '../theme.ts'
import {type Look, marksSpace, PLAIN} from './look.ts'

/**
 * One row of the screen. A wide character stands in its first cell, the second one is empty; marks stand in the cell
 * of the letter that they belong to.
 */
export interface CellRow {
  readonly texts: readonly string[]
  readonly looks: readonly Look[]
  /** All texts of the line that it was made of: where they differ, the rows do. */
  readonly words: string
}

export function blankRow(columns: number): CellRow {
  return {texts: Array<string>(columns).fill(' '), looks: Array<Look>(columns).fill(PLAIN), words: ''}
}

/** The line as cells, exactly `columns` of them; what does not fit is left out. */
export function cellsOf(line: Line, columns: number, theme: Theme): CellRow {
  const texts: string[] = []
  const looks: Look[] = []
  for (const {text, tone} of line) {
    const look = lookOf(tone, theme)
    eachGrapheme(theme.ascii ? toAscii(text) : text, (segment, width) => {
      const last = texts.length - 1
      if (width === 0 && last >= 0) texts[last] = `${texts[last]}${segment}`
      if (width === 0 || texts.length + width > columns) return
      // A space has no colour: fewer switches, and nothing to paint where only the tone changed.
      looks.push(segment === ' ' && !marksSpace(look) ? PLAIN : look)
      texts.push(segment)
      for (let more = 1; more < width; more++) {
        texts.push('')
        looks.push(look)
      }
    })
  }
  while (texts.length < columns) {
    texts.push(' ')
    looks.push(PLAIN)
  }
  return {texts, looks, words: line.map(({text}) => text).join('')}
}

export const cellChanged = (before: CellRow, after: CellRow, x: number): boolean =>
  before.texts[x] !== after.texts[x] || before.looks[x] !== after.looks[x]

/** Whether both look alike; a row that is missing looks like none. */
export function sameCells(one: CellRow | undefined, other: CellRow | undefined): boolean {
  if (one === undefined || other === undefined) return false
  return one === other || one.texts.every((_, x) => !cellChanged(one, other, x))
}

/** Whether both are made of the same spans, so that the cells of one are those of the other. */
export function sameLine(one: Line, other: Line): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  return one.every((each, index) => each.text === other[index]?.text && each.tone === other[index]?.tone)
}
