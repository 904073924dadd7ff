import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Resvg} from '@resvg/resvg-js'
import {indexedPng} from './indexed-png.ts'
import type {IBufferCell, IBufferLine, Terminal} from '@xterm/headless'

/**
 * Pictures of a terminal without a browser: the cells of an emulator become SVG, the SVG becomes PNG. The font comes
 * from a package, so a picture is the same on every machine.
 */
const FONTS = join(dirname(fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/package.json'))), 'ttf')
const FONT_FILES = ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf', 'DejaVuSans.ttf'].map(file => join(FONTS, file))

export interface Look {
  readonly background: string
  readonly foreground: string
  /** The terminal's own 16 colours. */
  readonly palette: readonly string[]
}

export const DARK: Look = {
  background: '#15181d',
  foreground: '#d3d7de',
  palette: [
    '#21262d',
    '#f2594b',
    '#6cc070',
    '#e5b454',
    '#5b9cf5',
    '#c586d8',
    '#4fc1d9',
    '#d3d7de',
    '#6b7380',
    '#ff7b6e',
    '#8fd694',
    '#f2ca76',
    '#82b4ff',
    '#dca5ec',
    '#7bd8ea',
    '#ffffff',
  ],
}

export const LIGHT: Look = {
  background: '#fbfbf9',
  foreground: '#2b2f36',
  palette: [
    '#2b2f36',
    '#c4281b',
    '#2d7d32',
    '#9a6700',
    '#1f5fbf',
    '#8a3ea0',
    '#0b7285',
    '#e4e6ea',
    '#7a828e',
    '#d93a2c',
    '#3a9440',
    '#b27800',
    '#2f74dd',
    '#a04fb8',
    '#128296',
    '#ffffff',
  ],
}

export const SIZE = 15
export const CELL_WIDTH = SIZE * 0.602
export const CELL_HEIGHT = Math.round(SIZE * 1.24)
export const MARGIN = 14

const hex = (rgb: number): string => `#${rgb.toString(16).padStart(6, '0')}`

function paletteColour(index: number, look: Look): string {
  if (index < 16) return look.palette[index] ?? look.foreground
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return hex((grey << 16) | (grey << 8) | grey)
  }
  const steps = [0, 95, 135, 175, 215, 255]
  const cube = index - 16
  const part = (divisor: number): number => steps[Math.floor(cube / divisor) % 6] ?? 0
  return hex((part(36) << 16) | (part(6) << 8) | part(1))
}

interface CellLook {
  readonly ink: string
  readonly paper: string | undefined
}

export function cellLook(cell: IBufferCell, look: Look): CellLook {
  const ink = cell.isFgDefault()
    ? look.foreground
    : cell.isFgRGB()
      ? hex(cell.getFgColor())
      : paletteColour(cell.getFgColor(), look)
  const paper = cell.isBgDefault()
    ? undefined
    : cell.isBgRGB()
      ? hex(cell.getBgColor())
      : paletteColour(cell.getBgColor(), look)
  return cell.isInverse() ? {ink: paper ?? look.background, paper: ink} : {ink, paper}
}

export const escapeXml = (text: string): string =>
  text.replace(/[&<>]/g, character => ({'&': '&amp;', '<': '&lt;', '>': '&gt;'})[character] ?? character)

/** Backgrounds of a row, neighbours of one colour as one rectangle: seams between them would show. */
function rowPapers(
  row: IBufferLine,
  at: {readonly y: number; readonly columns: number; readonly look: Look},
): readonly string[] {
  const rects: string[] = []
  const paperAt = (x: number): string | undefined => {
    const cell = x < at.columns ? row.getCell(x) : undefined
    return cell && cellLook(cell, at.look).paper
  }
  for (let from = 0; from < at.columns; ) {
    const paper = paperAt(from)
    let to = from + 1
    while (to < at.columns && paperAt(to) === paper) to += 1
    if (paper !== undefined) {
      const [left, width] = [MARGIN + from * CELL_WIDTH, (to - from) * CELL_WIDTH]
      rects.push(
        `<rect x="${left.toFixed(2)}" y="${MARGIN + at.y * CELL_HEIGHT}" width="${width.toFixed(2)}" height="${CELL_HEIGHT}" fill="${paper}"/>`,
      )
    }
    from = to
  }
  return rects
}

/** The visible screen of a terminal as SVG. */
export function toSvg(terminal: Terminal, look: Look = DARK): string {
  const buffer = terminal.buffer.active
  const papers: string[] = []
  const glyphs: string[] = []
  for (let y = 0; y < terminal.rows; y++) {
    const row = buffer.getLine(buffer.viewportY + y)
    if (!row) continue
    papers.push(...rowPapers(row, {y, columns: terminal.cols, look}))
    for (let x = 0; x < terminal.cols; x++) {
      const cell = row.getCell(x)
      if (!cell || cell.getWidth() === 0) continue
      const {ink} = cellLook(cell, look)
      const left = (MARGIN + x * CELL_WIDTH).toFixed(2)
      const top = MARGIN + y * CELL_HEIGHT
      const text = cell.getChars()
      if (text === '' || text === ' ') continue
      const line = boxLine(text, {left: MARGIN + x * CELL_WIDTH, top, ink, opacity: cell.isDim() ? 0.55 : 1})
      glyphs.push(line ?? letter(text, cell, {left, base: (top + CELL_HEIGHT * 0.76).toFixed(1), ink}))
    }
  }
  const width = Math.ceil(terminal.cols * CELL_WIDTH + 2 * MARGIN)
  const height = terminal.rows * CELL_HEIGHT + 2 * MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans Mono" font-size="${SIZE}" xml:space="preserve">`,
    `<rect width="100%" height="100%" fill="${look.background}"/>`,
    ...papers,
    ...glyphs,
    '</svg>',
  ].join('')
}

function letter(
  text: string,
  cell: IBufferCell,
  at: {readonly left: string; readonly base: string; readonly ink: string},
): string {
  const bold = cell.isBold() ? ' font-weight="bold"' : ''
  const dim = cell.isDim() ? ' opacity="0.55"' : ''
  const underline = cell.isUnderline() ? ' text-decoration="underline"' : ''
  return `<text x="${at.left}" y="${at.base}" fill="${at.ink}"${bold}${dim}${underline}>${escapeXml(text)}</text>`
}

/** Straight frame pieces and blocks are drawn, not set: a font leaves gaps between lines that a terminal does not. */
export function boxLine(
  text: string,
  at: {readonly left: number; readonly top: number; readonly ink: string; readonly opacity: number},
): string | undefined {
  const rect = (x: number, y: number, width: number, height: number): string =>
    `<rect x="${(at.left + x).toFixed(2)}" y="${(at.top + y).toFixed(2)}" width="${width.toFixed(2)}" height="${height.toFixed(2)}" fill="${at.ink}" opacity="${at.opacity}"/>`
  const middle = CELL_HEIGHT / 2
  const centre = CELL_WIDTH / 2
  switch (text) {
    case '│':
      return rect(centre - 0.6, 0, 1.2, CELL_HEIGHT)
    case '─':
      return rect(0, middle - 0.6, CELL_WIDTH + 0.2, 1.2)
    case '━':
      return rect(0, middle - 1.4, CELL_WIDTH + 0.2, 2.8)
    case '║':
      return rect(centre - 2.2, 0, 1.2, CELL_HEIGHT) + rect(centre + 1, 0, 1.2, CELL_HEIGHT)
    case '═':
      return rect(0, middle - 2.2, CELL_WIDTH + 0.2, 1.2) + rect(0, middle + 1, CELL_WIDTH + 0.2, 1.2)
    default:
      return cornerOrBlock(text, at, rect)
  }
}

function cornerOrBlock(
  text: string,
  at: {readonly left: number; readonly top: number; readonly ink: string; readonly opacity: number},
  rect: (x: number, y: number, width: number, height: number) => string,
): string | undefined {
  const bars = '▁▂▃▄▅▆▇█'.indexOf(text)
  if (bars >= 0) {
    const height = (CELL_HEIGHT * (bars + 1)) / 8
    return rect(0, CELL_HEIGHT - height, CELL_WIDTH + 0.2, height)
  }
  const shade = '░▒▓'.indexOf(text)
  if (shade >= 0) return `<g opacity="${(shade + 1) / 4}">${rect(0, 0, CELL_WIDTH + 0.2, CELL_HEIGHT)}</g>`
  const doubled = '╔╗╚╝'.indexOf(text)
  if (doubled >= 0) return doubleCorner(doubled, at)
  const corner = '╭╮╰╯'.indexOf(text)
  if (corner < 0) return undefined
  const x = at.left + CELL_WIDTH / 2
  const y = at.top + CELL_HEIGHT / 2
  const side = corner % 2 === 0 ? at.left + CELL_WIDTH + 0.2 : at.left
  const end = corner < 2 ? at.top + CELL_HEIGHT : at.top
  return `<path d="M ${side} ${y} Q ${x} ${y} ${x} ${end}" fill="none" stroke="${at.ink}" stroke-width="1.2" opacity="${at.opacity}"/>`
}

function doubleCorner(
  corner: number,
  at: {readonly left: number; readonly top: number; readonly ink: string; readonly opacity: number},
): string {
  const [right, down] = [corner % 2 === 0, corner < 2]
  const x = at.left + CELL_WIDTH / 2
  const y = at.top + CELL_HEIGHT / 2
  const side = right ? at.left + CELL_WIDTH + 0.2 : at.left - 0.2
  const end = down ? at.top + CELL_HEIGHT : at.top
  const bend = (off: number): string => {
    const [cornerX, cornerY] = [x + (right ? off : -off), y + (down ? off : -off)]
    return `M ${side} ${cornerY} L ${cornerX} ${cornerY} L ${cornerX} ${end}`
  }
  return `<path d="${bend(-1.6)} ${bend(1.6)}" fill="none" stroke="${at.ink}" stroke-width="1.2" opacity="${at.opacity}"/>`
}

/** The visible screen of a terminal as PNG; `scale` 2 for sharp pictures in a README. */
export function toPng(terminal: Terminal, options: {readonly scale?: number; readonly look?: Look} = {}): Uint8Array {
  return svgToPng(toSvg(terminal, options.look), options.scale)
}

/** A picture of ours as PNG, with our fonts. */
export function svgToPng(svg: string, scale = 1.5): Uint8Array {
  const picture = new Resvg(svg, {
    fitTo: {mode: 'zoom', value: scale},
    font: {loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: 'DejaVu Sans Mono'},
  })
  const rendered = picture.render()
  return indexedPng(rendered.pixels, rendered.width, rendered.height)
}
