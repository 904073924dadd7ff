import type {RunEvent} from '../../runbooks/events.ts'
import {feedLines, joinLines} from './lines.ts'
import type {Presenter} from './presenter.ts'

/**
 * For the log of GitLab CI: a collapsible section for each step. GitLab sees a section by an erase sequence and a
 * carriage return, which text from outside cannot hold: its control characters were made visible on the way in.
 */
export function gitlabPresenter(run: string, now: () => number): Presenter {
  let open: string | undefined
  let count = 0
  const mark = (kind: 'start' | 'end', name: string, header = ''): string =>
    `\u001b[0Ksection_${kind}:${Math.floor(now() / 1000)}:${name}\r\u001b[0K${header}\n`
  const close = (): string => {
    const text = open === undefined ? '' : mark('end', open)
    open = undefined
    return text
  }
  return {
    feed: (feed, state) => {
      const lines = feedLines(feed, state)
      const event: RunEvent | undefined = feed.event
      if (event?.type === 'step-started' && (event.attempt === 1 || event.phase === 'undo')) {
        const before = close()
        count += 1
        // Only letters, digits, `_`, `.` and `-`; unique in the job's log.
        open = `opsconsole_${run.replaceAll(/[^\w.-]/g, '_')}_${count}`
        return before + mark('start', open, lines.join(' '))
      }
      if (event?.type === 'step-finished' || event?.type === 'run-ended') return close() + joinLines(lines)
      return joinLines(lines)
    },
    end: close,
  }
}
