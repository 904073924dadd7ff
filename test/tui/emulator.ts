import xterm from '@xterm/headless'
import type {IBufferCell} from '@xterm/headless'
import {isCertain} from '../../src/tui/layout/text.ts'
import type {CellRow} from '../../src/tui/paint/cells.ts'
import {BOLD, coloured, DIM, INVERSE, type Look, marksSpace, UNDERLINE} from '../../src/tui/paint/look.ts'

/** A terminal in memory, and what it makes of the bytes it is given. */
export interface Emulator {
  write(bytes: string): Promise<void>
  resize(columns: number, rows: number): void
  /** Where the screen differs from these cells; empty when it looks exactly like them. */
  differences(rows: readonly CellRow[]): readonly string[]
}

export function createEmulator(columns: number, rows: number): Emulator {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  return {
    write: bytes => new Promise(resolve => terminal.write(bytes, resolve)),
    resize: (nextColumns, nextRows) => terminal.resize(nextColumns, nextRows),
    differences(wanted) {
      const buffer = terminal.buffer.active
      return wanted.flatMap((row, y) =>
        row.texts.flatMap((text, x) => {
          const cell = buffer.getLine(buffer.baseY + y)?.getCell(x)
          if (!cell) return [`${y}:${x} is not there`]
          const owner = row.texts.slice(0, x + 1).findLast(each => each !== '') ?? ''
          // Terminals disagree on these, this one too; what follows them must be right.
          if (!isCertain(text) && Array.from(text).length > 1) return []
          if (text === '' && !isCertain(owner)) return []
          const seen = cell.getChars() || (text === ' ' ? ' ' : '')
          if (seen !== text) return [`${y}:${x} shows ${JSON.stringify(seen)} instead of ${JSON.stringify(text)}`]
          return text === '' || sameLook(cell, row.looks[x] ?? 0, text)
            ? []
            : [`${y}:${x} ${JSON.stringify(text)} has look ${lookIn(cell)} instead of ${row.looks[x]}`]
        }),
      )
    },
  }
}

/** Of a space only what it shows counts. */
function sameLook(cell: IBufferCell, wanted: Look, text: string): boolean {
  const seen = lookIn(cell)
  return seen === wanted || (text === ' ' && !marksSpace(seen) && !marksSpace(wanted))
}

const lookIn = (cell: IBufferCell): Look =>
  (cell.isBold() ? BOLD : 0) |
  (cell.isDim() ? DIM : 0) |
  (cell.isUnderline() ? UNDERLINE : 0) |
  (cell.isInverse() ? INVERSE : 0) |
  (cell.isFgDefault() ? 0 : coloured(cell.getFgColor()))
