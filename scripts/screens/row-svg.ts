import type {IBufferCell, IBufferLine} from '@xterm/headless'
import {boxLine, CELL_HEIGHT, CELL_WIDTH, cellLook, DARK, escapeXml} from './render.ts'

/** Cells beside each other that look alike. */
interface Run {
  readonly from: number
  to: number
  text: string
  readonly ink: string
  readonly style: string
}

/** One of these after the other is one long shape. */
const WIDE = '─━═█░'

const number = (value: number): string => String(Math.round(value * 100) / 100)

/**
 * One row of a terminal as SVG, its left top corner at 0, 0. Letters that look alike are one text whose length is given,
 * so that columns stand under each other in whatever font there is.
 */
export function rowSvg(row: IBufferLine, columns: number): string {
  const parts: string[] = []
  let papers: {from: number; to: number; paper: string} | undefined
  let run: Run | undefined
  const endRun = (): void => {
    if (run && run.text.trim() !== '') parts.push(textOf(run))
    run = undefined
  }
  const endPaper = (): void => {
    if (papers) parts.unshift(rect(papers.from, papers.to, papers.paper))
    papers = undefined
  }
  for (let x = 0; x < columns; x++) {
    const cell = row.getCell(x)
    if (!cell) break
    const {ink, paper} = cellLook(cell, DARK)
    if (papers && papers.paper !== paper) endPaper()
    if (paper !== undefined) papers = {from: papers?.from ?? x, to: x + 1, paper}
    if (cell.getWidth() === 0) continue
    const text = cell.getChars() || ' '
    const drawn = drawnCell(row, x, cell, ink)
    if (drawn !== undefined) {
      endRun()
      parts.push(drawn.svg)
      x = drawn.last
      continue
    }
    const style = styleOf(cell)
    if (run && (run.ink !== ink || run.style !== style) && text !== ' ') endRun()
    if (run && text === ' ' && run.text.endsWith('  ')) endRun()
    if (run) {
      run.text += text
      run.to = x + cell.getWidth()
    } else if (text !== ' ') run = {from: x, to: x + cell.getWidth(), text, ink, style}
  }
  endRun()
  endPaper()
  return parts.join('')
}

const rect = (from: number, to: number, fill: string): string =>
  `<rect x="${number(from * CELL_WIDTH)}" width="${number((to - from) * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${fill}"/>`

const styleOf = (cell: IBufferCell): string =>
  [
    cell.isBold() ? ' font-weight="bold"' : '',
    cell.isDim() ? ' opacity=".55"' : '',
    cell.isUnderline() ? ' text-decoration="underline"' : '',
  ].join('')

function textOf(run: Run): string {
  const text = run.text.trimEnd()
  const cells = run.to - run.from - (run.text.length - text.length)
  const fill = run.ink === DARK.foreground ? '' : ` fill="${run.ink}"`
  const place = `x="${number(run.from * CELL_WIDTH)}" y="${number(CELL_HEIGHT * 0.76)}"`
  return `<text ${place} textLength="${number(cells * CELL_WIDTH)}"${fill}${run.style}>${escapeXml(text)}</text>`
}

/** Frames and blocks are drawn; a line that goes on through many cells is one rectangle. */
function drawnCell(
  row: IBufferLine,
  x: number,
  cell: IBufferCell,
  ink: string,
): {readonly svg: string; readonly last: number} | undefined {
  const text = cell.getChars()
  if (text === '' || text === ' ') return undefined
  const opacity = cell.isDim() ? 0.55 : 1
  const at = {left: x * CELL_WIDTH, top: 0, ink, opacity}
  const svg = boxLine(text, at)
  if (svg === undefined) return undefined
  if (!WIDE.includes(text)) return {svg, last: x}
  let last = x
  for (let next = row.getCell(x + 1); next?.getChars() === text; next = row.getCell(last + 1)) {
    if (cellLook(next, DARK).ink !== ink || (next.isDim() !== 0) !== (cell.isDim() !== 0)) break
    last += 1
  }
  const [one, all] = [CELL_WIDTH + 0.2, (last - x + 1) * CELL_WIDTH + 0.2]
  return {svg: svg.replaceAll(`width="${one.toFixed(2)}"`, `width="${all.toFixed(2)}"`), last}
}
