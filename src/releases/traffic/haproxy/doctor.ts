import type {DoctorTools} from '../../../kinds/define-driver.ts'
import {type Check, ok} from '../../../kinds/verdict.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {HaproxySpec} from './schema.ts'
import {ask} from './socket.ts'

const FORGETS =
  '; a reload of HAProxy undoes what was moved: set `load-server-state-from-file global` and `server-state-file` in haproxy.cfg, and traffic.stateFile here'

/** Whether the runtime API answers, and what it is. What speaks against a move is asked as every plan asks it. */
export async function checkHaproxy(
  {socket, stateFile}: HaproxySpec,
  {name, signal, timeoutMs}: Pick<DoctorTools, 'name' | 'signal' | 'timeoutMs'>,
): Promise<Check> {
  const text = await ask(socket, 'show info', signal, timeoutMs)
  const level = await ask(socket, 'show cli level', signal, timeoutMs)
  const version = /^Version: *(\S+)/m.exec(text)?.[1] ?? 'unknown version'
  const can = escapeLine(level.trim(), 40)
  return ok(name, `HAProxy ${escapeLine(version, 40)}, level ${can}${stateFile === undefined ? FORGETS : ''}`)
}
