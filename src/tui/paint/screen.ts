import type {Block} from '../layout/line.ts'
import type {Theme} from '../theme.ts'
import {createPainter} from './painter.ts'

/** The alternate screen of the terminal, and what stands on it. Nobody else writes there. */
export interface Screen {
  /** Takes the alternate screen, unless it is taken already, and paints it whole. */
  enter(taken?: boolean): void
  /** Gives the terminal back as it was; calls back when it has taken that. */
  leave(done?: () => void): void
  /** The picture may have changed; it is painted when the keys and data at hand are dealt with. */
  changed(): void
  /** Paints everything anew, in other colours. */
  recolour(): void
}

export interface ScreenOptions {
  readonly stdout: NodeJS.WriteStream
  readonly theme: () => Theme
  /** The picture as it should be now. */
  readonly picture: () => {readonly frame: Block; readonly columns: number; readonly rows: number}
}

const HIDE = '\x1b[?25l'
const ENTER = `\x1b[?1049h${HIDE}`
const LEAVE = '\x1b[m\x1b[?25h\x1b[?1049l'

export function createScreen({stdout, theme, picture}: ScreenOptions): Screen {
  const painter = createPainter(theme)
  let entered = false
  let due = false
  let draining = false
  const drained = (): void => {
    draining = false
    changed()
  }
  const paint = (lead = ''): void => {
    due = false
    if (!entered) return
    // A slow link still takes the last frame. The newest picture follows when it has, those between are left out.
    if (lead === '' && stdout.writableNeedDrain) {
      if (!draining) stdout.once('drain', drained)
      draining = true
      return
    }
    const {frame, columns, rows} = picture()
    // The terminal has another size by now, and will say so.
    if (lead === '' && !isSize(stdout, columns, rows)) return
    const bytes = lead + painter.paint(frame, columns)
    if (bytes !== '') stdout.write(bytes)
  }
  const changed = (): void => {
    if (due) return
    due = true
    queueMicrotask(() => paint())
  }
  const leave = (done?: () => void): void => {
    if (!entered) return done?.()
    entered = false
    stdout.write(LEAVE, done)
  }
  const leaveAtExit = (): void => leave()
  return {
    enter(taken = false) {
      entered = true
      painter.forget()
      process.once('exit', leaveAtExit)
      paint(taken ? HIDE : ENTER)
    },
    leave(done) {
      process.off('exit', leaveAtExit)
      leave(done)
    },
    changed,
    recolour() {
      painter.forget()
      changed()
    },
  }
}

const isSize = (stdout: NodeJS.WriteStream, columns: number, rows: number): boolean =>
  (!stdout.columns || stdout.columns === columns) && (!stdout.rows || stdout.rows === rows)
