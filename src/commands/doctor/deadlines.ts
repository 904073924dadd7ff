import {entriesOf, kinds} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {writeDuration} from '../../config/shape.ts'
import {type Check, warning} from '../../kinds/verdict.ts'
import {targetId} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'

/** So many are told apart; of more, how many there are. */
const MOST = 5

/** Targets that are probed more seldom than it is written as soon as they hang: their deadline is longer than their interval. */
export function checkDeadlines(config: Config): readonly Check[] {
  const late = kinds.flatMap(kind =>
    entriesOf(config, kind)
      .map(entry => ({...entry, id: targetId(kind.target, entry.environment, entry.name), deadline: deadlineOf(entry)}))
      .filter(({deadline, interval}) => deadline > interval),
  )
  return late.length <= MOST
    ? late.map(({id, deadline, interval}) =>
        warning(
          `timeout of ${escapeLine(id, 80)}`,
          `a probe may take ${writeDuration(deadline)}, and the next one is due after ${writeDuration(interval)}: while it hangs it is probed more seldom, and found down later`,
          'Give it a timeout no longer than its interval.',
        ),
      )
    : [
        warning(
          'timeouts',
          `${late.length} targets may take longer to answer than their interval, ${escapeLine(late[0]?.id ?? '', 80)} among them: while one hangs it is probed more seldom, and found down later`,
          'Give them timeouts no longer than their intervals.',
        ),
      ]
}

/** A probe of HTTP may have a shorter one of its own. */
function deadlineOf({timeout, ...rest}: {readonly timeout: number}): number {
  const probe = 'probe' in rest && typeof rest.probe === 'object' && rest.probe !== null ? rest.probe : {}
  return 'timeout' in probe && typeof probe.timeout === 'number' ? Math.min(timeout, probe.timeout) : timeout
}
