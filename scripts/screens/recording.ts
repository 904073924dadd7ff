import type {Terminal} from '@xterm/headless'
import {rowSvg} from './row-svg.ts'

/** What a terminal has shown over time, and the keys that were pressed meanwhile. */
export interface Recording {
  readonly columns: number
  readonly rows: number
  readonly frames: readonly Frame[]
  readonly keys: readonly PressedKey[]
}

export interface Frame {
  readonly at: number
  /** Each row as SVG. */
  readonly rows: readonly string[]
}

export interface PressedKey {
  readonly at: number
  readonly label: string
}

const EVERY_MS = 60

/** Records a terminal until it is stopped; a picture that stays is one frame. */
export function recordTerminal(terminal: Terminal): {pressed(label: string): void; stop(): Recording} {
  const frames: Frame[] = []
  const keys: PressedKey[] = []
  const began = performance.now()
  const at = (): number => Math.round(performance.now() - began)
  const take = (): void => {
    const {active} = terminal.buffer
    const rows = Array.from({length: terminal.rows}, (_, y) => {
      const line = active.getLine(active.viewportY + y)
      return line ? rowSvg(line, terminal.cols) : ''
    })
    const last = frames.at(-1)
    if (!last || rows.some((row, y) => row !== last.rows[y])) frames.push({at: at(), rows})
  }
  const timer = setInterval(take, EVERY_MS)
  return {
    pressed: label => void keys.push({at: at(), label}),
    stop: () => {
      clearInterval(timer)
      take()
      return {columns: terminal.cols, rows: terminal.rows, frames, keys}
    },
  }
}
