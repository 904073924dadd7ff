import {OpsError} from '../../errors.ts'
import {markLoad, readLoad, resetLoad, setLoad} from '../../lab/load-control.ts'
import type {LoadView} from '../../lab/load/generator.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatShare} from '../../units/number.ts'
import type {Command} from '../command.ts'
import {directoryFlag, labDirectory} from './directory.ts'
import {millisecondsFlag, numberFlag, shareFlag} from './numbers.ts'

const CHANGING_FLAGS = ['rps', 'slow', 'slow-ms', 'mark', 'reset']

export const command: Command = {
  name: 'lab load',
  summary: 'Show and set the traffic of the lab; every failed request is counted',
  help: `Requests leave at the set rate whether or not earlier ones were answered. Counts are exact: sent = ok + failed + in flight.

A mark opens counters of its own for what is sent after it: "lab load --mark deploy", later "lab load --since deploy".`,
  flags: {
    ...directoryFlag,
    rps: {type: 'string', value: 'N', description: 'Requests a second from now on'},
    slow: {type: 'string', value: 'SHARE', description: 'Share of requests that are slow on purpose, such as 2%'},
    'slow-ms': {type: 'string', value: 'MS', description: 'How slow these are'},
    mark: {type: 'string', value: 'NAME', description: 'Count from now on under this name too'},
    since: {type: 'string', value: 'NAME', description: 'Show what was sent since that mark'},
    reset: {type: 'boolean', description: 'Forget all counts and marks'},
  },
  changes: 'files',
  onlyShows: ({flags}) => CHANGING_FLAGS.every(name => flags[name] === undefined),
  run: async (input, context) => {
    const rps = numberFlag(input, 'rps', 20_000)
    const slow = shareFlag(input, 'slow')
    const slowMs = millisecondsFlag(input, 'slow-ms', 10_000)
    const mark = nameFlag(input.flags['mark'])
    const since = nameFlag(input.flags['since'])
    const {requirePlan} = await import('../../lab/status.ts')
    const plan = await requirePlan(labDirectory(input, context))
    if (rps !== undefined || slow !== undefined || slowMs !== undefined)
      await setLoad(plan, {
        ...(rps === undefined ? {} : {rps}),
        ...(slow === undefined ? {} : {slow}),
        ...(slowMs === undefined ? {} : {slowMs}),
      })
    if (input.flags['reset'] === true) await resetLoad(plan)
    if (mark !== undefined) await markLoad(plan, mark)
    const view = await readLoad(plan, since)
    return {data: view, text: loadText(view)}
  },
}

function nameFlag(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (/^[A-Za-z0-9._-]{1,40}$/.test(value)) return value
  throw new OpsError('usage/arguments', `a mark is 1 to 40 letters, digits, dots, dashes, got ${JSON.stringify(value)}`)
}

export function loadText(view: LoadView): string {
  const table = (title: string, rows: Readonly<Record<string, {ok: number; failed: number}>>): string[] =>
    Object.entries(rows)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, {ok, failed}]) => `${title.padEnd(9)} ${escapeLine(name, 40).padEnd(16)} ${ok} ok, ${failed} failed`)
  return [
    `target    ${view.target}, ${view.rps} requests a second, ${formatShare(view.slow)} slow (${view.slowMs} ms)`,
    `since     ${view.since}, ${formatDuration(view.now - view.startedAt)}`,
    `requests  ${view.sent} sent, ${view.ok} ok, ${view.failed} failed, ${view.inFlight} in flight`,
    `latency   p50 ${view.p50 ?? '–'} ms, p99 ${view.p99 ?? '–'} ms, longest ${view.max} ms`,
    ...Object.entries(view.failures).map(([kind, count]) => `failed    ${escapeLine(kind, 40).padEnd(16)} ${count}`),
    ...table('server', view.servers),
    ...table('version', view.versions),
  ].join('\n')
}
