import type {Notification} from '../alerts/channels/channel.ts'
import type {RunNews, RunNotice} from '../alerts/runs/config.ts'
import {matchesGlob} from '../alerts/rules/names.ts'
import type {Severity} from '../alerts/severity.ts'
import type {RunRow} from '../runbooks/rows.ts'

/** What there is to tell of a run now. The key is another one for each question. */
export interface RunEventNews {
  readonly key: string
  readonly news: RunNews
}

const SEVERITY: Readonly<Record<RunNews, Severity>> = {
  started: 'info',
  waiting: 'warning',
  undone: 'warning',
  failed: 'critical',
  done: 'info',
}

/** Undefined: a dry run, of which nobody is told. */
export function newsOfRun(row: RunRow, prompt: string | undefined): RunEventNews | undefined {
  if (row.dryRun) return undefined
  switch (row.state) {
    case 'running':
      return {key: 'started', news: 'started'}
    case 'waiting':
      return {key: `waiting ${prompt ?? ''}`, news: 'waiting'}
    case 'suspended':
      return {key: 'suspended', news: 'waiting'}
    case 'done':
    case 'unproven':
      return {key: 'ended', news: 'done'}
    case 'undone':
      return {key: 'ended', news: 'undone'}
    case 'lost':
      return {key: 'lost', news: 'failed'}
    default:
      return {key: 'ended', news: 'failed'}
  }
}

/** The channels that are told of it. */
export const channelsFor = (
  notices: readonly RunNotice[],
  {runbook, environment}: RunRow,
  news: RunNews,
): ReadonlySet<string> =>
  new Set(
    notices.flatMap(({channels, runbooks, environments, on}) =>
      on.includes(news) &&
      (runbooks === undefined || runbooks.some(pattern => matchesGlob(runbook, pattern))) &&
      (environments === undefined || environments.includes(environment))
        ? channels
        : [],
    ),
  )

const DO: Readonly<Record<RunNews, string>> = {
  started: 'watch it: opsconsole runs attach',
  waiting: 'answer it: opsconsole runs attach',
  undone: 'see why: opsconsole runs show',
  failed: 'see why: opsconsole runs show',
  done: 'see it: opsconsole runs show',
}

/** What a channel gets of a run: its id, what became of it, and what to do. */
export function runNotification(row: RunRow, news: RunNews, now: number): Notification {
  const word = row.state === 'lost' ? 'lost, its runner is gone' : news === 'started' ? 'started' : row.state
  const act = row.state === 'lost' ? 'continue it: opsconsole runs resume' : DO[news]
  const by = news === 'started' ? ` by ${row.actor}` : ''
  const why = row.reason === '' ? '' : `: ${row.reason}`
  const summary = `run of ${row.runbook} ${word}${by}`
  const moment = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
  return {
    version: 1,
    id: `run/${row.environment}/${row.id}`,
    rule: 'run',
    severity: SEVERITY[news],
    target: `runbook/${row.environment}/${row.runbook}`,
    environment: row.environment,
    state: news === 'done' || news === 'undone' ? 'resolved' : 'firing',
    summary,
    reason: `${word}${why}`,
    text: `RUN ${news.toUpperCase()} ${row.environment}: ${summary}${why}; ${act} ${row.id}`,
    flapping: false,
    fallbackFor: null,
    since: new Date(row.startedAt).toISOString(),
    firedAt: moment(row.startedAt),
    resolvedAt: moment(row.endedAt),
    sentAt: new Date(now).toISOString(),
    test: false,
    others: [],
  }
}
