import {messageOf} from '../errors.ts'
import type {OutputPages, PlacedLine} from '../runs/ports.ts'
import type {Find, PagerSource} from './state/ui.ts'

export interface Searcher {
  /** Looks on; a search that is under way is given up for it. */
  find(source: PagerSource, what: Find): void
  stop(): void
}

export function createSearcher(
  pagesOf: (source: PagerSource) => OutputPages,
  found: (source: PagerSource, at: number) => void,
  tell: (text: string) => void,
): Searcher {
  let searching = new AbortController()
  return {
    find: (source, what) => {
      searching.abort()
      searching = new AbortController()
      const {signal} = searching
      placeOf(pagesOf(source), what, signal).then(
        at => {
          if (signal.aborted) return
          if (at === undefined) tell(notFound(what))
          else found(source, at)
        },
        (error: unknown) => {
          if (!signal.aborted) tell(messageOf(error))
        },
      )
    },
    stop: () => searching.abort(),
  }
}

const notFound = (what: Find): string =>
  `${'text' in what ? `No ${what.text}` : 'No other step'} ${what.back ? 'before' : 'after'} this line.`

function placeOf(pages: OutputPages, what: Find, signal: AbortSignal): Promise<number | undefined> {
  const {from, back} = what
  if ('text' in what) return pages.find({from: back ? from.at : from.next, back, text: what.text}, signal)
  return back ? beginOfStep(pages, from, signal) : pages.find({from: from.next, back, otherThan: from.step}, signal)
}

/** Where the step of the line begins; from its first line on, where the step before it does. */
async function beginOfStep(
  pages: OutputPages,
  {step, at}: PlacedLine,
  signal: AbortSignal,
): Promise<number | undefined> {
  const begins = async (of: string, from: number): Promise<number> => {
    const before = await pages.find({from, back: true, otherThan: of}, signal)
    return before === undefined ? 0 : (pages.page({at: before, before: 0, after: 1}).lines[0]?.next ?? 0)
  }
  const own = await begins(step, at)
  if (own < at) return own
  const last = pages.page({at, before: 1, after: 0}).lines[0]
  return last && begins(last.step, last.at)
}
