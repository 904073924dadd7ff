import type {Block, Line} from '../layout/line.ts'
import {span} from '../layout/line.ts'
import {pane} from './pane.ts'

interface ScrolledPaneOptions {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly scroll: number
}

/** A pane over lines that may be more than fit; says where one is. */
export function scrolledPane(lines: readonly Line[], options: ScrolledPaneOptions): Block {
  const {width, height, title} = options
  const space = Math.max(1, height - 2)
  const top = Math.max(0, Math.min(options.scroll, lines.length - space))
  const note =
    lines.length > space ? [span(`${top + 1}–${Math.min(lines.length, top + space)} of ${lines.length}`, 'dim')] : []
  return pane(lines.slice(top, top + space), {title, note, width, height, focused: true})
}
