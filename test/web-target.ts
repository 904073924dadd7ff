import type {AlertTarget} from '../src/alerts/alert-target.ts'

/** The service `web`, probed every 30 s, as the monitor hands it to the alerts. */
export const webTarget = ({
  at,
  ...seen
}: Pick<AlertTarget, 'state' | 'since' | 'failures' | 'watchedSince'> & {readonly at: number}): AlertTarget => ({
  ...seen,
  target: 'service/prod/web',
  kind: 'service',
  environment: 'prod',
  name: 'web',
  intervalMs: 30_000,
  flapping: false,
  sample: {
    target: 'service/prod/web',
    at,
    status: seen.state === 'no data' ? 'down' : seen.state,
    reason: `is ${seen.state}`,
    latencyMs: 1,
    checks: [],
    values: {},
  },
})
