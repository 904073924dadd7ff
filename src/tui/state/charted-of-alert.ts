import type {AlertRow} from '../../alerts/rows.ts'
import type {ChartedNoun} from './world.ts'

/** What an alert is about, where its latencies are kept. */
export function chartedOfAlert(
  alert: Pick<AlertRow, 'target' | 'source'> | undefined,
): {readonly noun: ChartedNoun; readonly name: string} | undefined {
  const [kind, , ...name] = alert?.source === undefined ? (alert?.target ?? '').split('/') : []
  const noun = kind === 'service' ? 'services' : kind === 'database' ? 'databases' : undefined
  return noun && {noun, name: name.join('/')}
}
