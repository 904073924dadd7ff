import type {PressedKey, Recording} from './recording.ts'
import {CELL_HEIGHT, CELL_WIDTH, DARK, escapeXml, MARGIN, SIZE} from './render.ts'

/** Nothing moves for longer than this: what takes minutes is watched in seconds. */
const LONGEST_GAP_MS = 1400
/** The end is looked at before it begins anew. */
const HOLD_MS = 4000
/** A key that was pressed is shown for so long. */
const KEY_MS = 1000
const KEYS_HEIGHT = 30

/** A part of the picture that is there for some time. */
interface Piece {
  readonly svg: string
  readonly y: number
  readonly from: number
  readonly to: number
}

interface Film {
  readonly pieces: readonly Piece[]
  readonly keys: readonly (PressedKey & {readonly until: number})[]
  readonly ms: number
}

/**
 * A recording as one SVG that moves by CSS alone: every row that ever stood there once, used where and while it stood. A
 * row that stays through many frames is one piece, so the file grows with what changes and not with the time.
 */
export function animatedSvg(recording: Recording): string {
  const {pieces, keys, ms} = filmOf(recording)
  const drawings = new Map<string, string>()
  const times = new Map<string, string>()
  const nameIn = (names: Map<string, string>, letter: string, what: string): string => {
    const known = names.get(what) ?? `${letter}${names.size.toString(36)}`
    names.set(what, known)
    return known
  }
  const timed = (from: number, to: number): string => {
    const name = from === 0 && to === ms ? '' : nameIn(times, 't', `${from} ${to}`)
    return `${name === '' ? '' : ` class="${name}"`}${to === ms ? '' : ' visibility="hidden"'}`
  }
  const uses = pieces.map(
    ({svg, y, from, to}) => `<use href="#${nameIn(drawings, 'r', svg)}" y="${y * CELL_HEIGHT}"${timed(from, to)}/>`,
  )
  const caps = keys.map(key => `<g${timed(key.at, key.until)}>${keyCap(key.label, recording)}</g>`)
  const styles = [...times].map(([time, name]) => {
    const [from = 0, to = 0] = time.split(' ').map(Number)
    return `.${name}{animation-name:${name}}@keyframes ${name}{${keyframes(from, to, ms)}}`
  })
  const defs = [...drawings].map(([svg, name]) => `<g id="${name}">${svg}</g>`)
  const css = [
    `[class]{animation:${(ms / 1000).toFixed(1)}s step-end infinite}`,
    ...styles,
    '@media(prefers-reduced-motion:reduce){[class]{animation:none!important}}',
  ]
  return whole(recording, [`<style>${css.join('')}</style><defs>${defs.join('')}</defs>`, ...uses, ...caps])
}

/** What the animation shows at one moment, standing still; to look at it without a browser. */
export function stillSvg(recording: Recording, share: number): string {
  const {pieces, keys, ms} = filmOf(recording)
  const at = share * (ms - 1)
  const parts = pieces
    .filter(({from, to}) => from <= at && at < to)
    .map(({svg, y}) => `<g transform="translate(0 ${y * CELL_HEIGHT})">${svg}</g>`)
  const caps = keys.filter(key => key.at <= at && at < key.until).map(({label}) => keyCap(label, recording))
  return whole(recording, [...parts, ...caps])
}

const percent = (at: number, ms: number): string => `${Number(((at / ms) * 100).toFixed(3))}%`

/** With `step-end` each value holds until the next. */
const keyframes = (from: number, to: number, ms: number): string =>
  [
    from === 0 ? '0%{visibility:visible}' : `0%{visibility:hidden}${percent(from, ms)}{visibility:visible}`,
    to === ms ? '' : `${percent(to, ms)}{visibility:hidden}`,
  ].join('')

function filmOf({frames, keys}: Recording): Film {
  // Long waits are cut out of the time of frames and keys alike.
  const moments = [...frames.map(({at}) => at), ...keys.map(({at}) => at)].sort((a, b) => a - b)
  const shown = new Map<number, number>()
  let [time, before] = [0, moments[0] ?? 0]
  for (const at of moments) {
    time += Math.min(LONGEST_GAP_MS, at - before)
    before = at
    shown.set(at, time)
  }
  const ms = time + HOLD_MS
  const startOf = (index: number): number => {
    const frame = frames[index]
    return frame ? (shown.get(frame.at) ?? 0) : ms
  }
  const height = frames[0]?.rows.length ?? 0
  const pieces = Array.from({length: height}, (_, y) => y).flatMap(y => {
    const own: Piece[] = []
    for (let first = 0; first < frames.length; ) {
      const svg = frames[first]?.rows[y] ?? ''
      let end = first + 1
      while (end < frames.length && frames[end]?.rows[y] === svg) end += 1
      if (svg !== '') own.push({svg, y, from: startOf(first), to: startOf(end)})
      first = end
    }
    return own
  })
  const caps = keys.map((key, index) => {
    const at = shown.get(key.at) ?? 0
    const next = keys[index + 1]
    return {...key, at, until: Math.min(at + KEY_MS, next ? (shown.get(next.at) ?? ms) : ms, ms)}
  })
  return {pieces, keys: caps.filter(({at, until}) => until > at), ms}
}

/** The key as it looks on a keyboard, below the terminal. */
function keyCap(label: string, {columns, rows}: Recording): string {
  const width = label.length * 8 + 18
  const [x, y] = [(columns * CELL_WIDTH - width) / 2, rows * CELL_HEIGHT + 8]
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${width}" height="24" rx="5" fill="${DARK.palette[0]}" stroke="${DARK.palette[8]}"/><text x="${(x + width / 2).toFixed(1)}" y="${y + 17}" text-anchor="middle" font-size="13">${escapeXml(label)}</text>`
}

function whole({columns, rows}: Recording, content: readonly string[]): string {
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN)
  const height = rows * CELL_HEIGHT + 2 * MARGIN + KEYS_HEIGHT
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="'DejaVu Sans Mono',ui-monospace,Menlo,Consolas,monospace" font-size="${SIZE}" fill="${DARK.foreground}" xml:space="preserve">`,
    `<rect width="100%" height="100%" rx="10" fill="${DARK.background}"/><g transform="translate(${MARGIN} ${MARGIN})">`,
    ...content,
    '</g></svg>\n',
  ].join('')
}
