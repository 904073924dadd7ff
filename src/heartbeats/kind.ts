import {defineKind} from '../kinds/define-kind.ts'
import type {Issue} from '../kinds/issue.ts'
import {formatAge} from '../units/duration.ts'
import {type HeartbeatConfig, heartbeatSchema, type PlacedHeartbeat} from './config.ts'
import {heartbeatRows} from './rows.ts'

interface Needs {
  readonly heartbeats: readonly PlacedHeartbeat[]
}

function issuesOf({cron, every, send, token, endWithin}: HeartbeatConfig): readonly Issue[] {
  if ((cron === undefined) === (every === undefined))
    return [{path: ['every'], about: 'key', message: () => 'should be there, or cron, and not both'}]
  if (typeof token === 'string' && token.length < 16)
    return [
      {path: ['token'], message: () => 'should have 16 characters or more: whoever guesses it reports for the job'},
    ]
  if (send === undefined) return []
  const only = (path: string): Issue => ({
    path: [path],
    about: 'key',
    message: () => 'is for one that is heard, not for one with send',
  })
  return [
    ...(every === undefined ? [only('cron')] : []),
    ...(token === undefined ? [] : [only('token')]),
    ...(endWithin === undefined ? [] : [only('endWithin')]),
  ]
}

export const heartbeatKind = defineKind({
  section: 'heartbeats',
  target: 'heartbeat',
  meaning: 'Signs of life: of jobs that report to the agent, and of the agent to a dead man’s switch elsewhere',
  schema: heartbeatSchema,
  examples: [
    {
      name: 'invoices',
      environment: 'production',
      cron: '0 4 * * *',
      zone: 'Europe/Berlin',
      grace: '30m',
      endWithin: '2h',
      token: {env: 'INVOICES_TOKEN'},
      interval: '10s',
      timeout: '5s',
    },
    {name: 'elsewhere', environment: 'production', every: '1m', send: {env: 'DEAD_MANS_SWITCH_URL'}},
  ],
  check: heartbeat => issuesOf(heartbeat),
  targets: async (config: Needs, tools) => (await import('./target.ts')).heartbeatTargets(config, tools),
  rows: (config: Needs, watch) => heartbeatRows(config, watch),
  glance: row => [
    row.direction === 'in' ? 'heard' : 'sent',
    row.lastAt === undefined ? 'never' : formatAge(row.lastAt, row.at ?? row.lastAt),
    row.when,
  ],
})
