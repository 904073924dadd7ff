import type {Block} from '../layout/line.ts'
import type {Theme} from '../theme.ts'
import {createPainter} from './painter.ts'
import type {Receipts} from './receipts.ts'

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
  /** How much may be written now; without them any amount. */
  readonly receipts?: Pick<Receipts, 'room' | 'sent'>
  /** The picture as it should be now. */
  readonly picture: () => {readonly frame: Block; readonly columns: number; readonly rows: number}
  /** The size of the terminal at this moment; left out: always that of the picture. */
  readonly size?: () => {readonly columns: number; readonly rows: number}
}

const HIDE = '\x1b[?25l'
const ENTER = `\x1b[?1049h${HIDE}`
/** Emptied first: mosh, and screen as it comes, have no other screen to go back to, and the picture would stay on the shell. */
const LEAVE = '\x1b[m\x1b[H\x1b[J\x1b[?25h\x1b[?1049l'

export function createScreen({stdout, theme, receipts, picture, size}: ScreenOptions): Screen {
  const painter = createPainter(theme)
  let entered = false
  let due = false
  let draining = false
  let given = Promise.resolve()
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
    const room = receipts?.room() ?? Number.POSITIVE_INFINITY
    if (lead === '' && room === 0) return
    const {frame, columns, rows} = picture()
    // The terminal has another size by now, and will say so.
    const now = size?.()
    if (lead === '' && now && (now.columns !== columns || now.rows !== rows)) return
    const bytes = lead + painter.paint(frame, columns, room)
    if (bytes !== '') stdout.write(bytes + (receipts?.sent(Buffer.byteLength(bytes)) ?? ''))
    if (painter.isUnfinished()) changed()
  }
  const changed = (): void => {
    if (due) return
    due = true
    queueMicrotask(() => paint())
  }
  const leave = (): void => {
    if (!entered) return
    entered = false
    given = new Promise(resolve => stdout.write(LEAVE, () => resolve()))
  }
  return {
    enter(taken = false) {
      entered = true
      painter.forget()
      process.once('exit', leave)
      paint(taken ? HIDE : ENTER)
    },
    leave(done) {
      process.off('exit', leave)
      leave()
      void given.then(done)
    },
    changed,
    recolour() {
      painter.forget()
      changed()
    },
  }
}
