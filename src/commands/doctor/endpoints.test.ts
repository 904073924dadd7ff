import {expect, test} from 'vitest'
import {kinds} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import type {Health, Target} from '../../monitors/sample.ts'
import type {CommandContext} from '../command.ts'
import {checkEndpoints} from './endpoints.ts'

/** The doctor's fix for one target of a kind in a state. */
async function fixOf(kind: 'schedule' | 'heartbeat', status: Health): Promise<string | undefined> {
  const entry = {name: 'nightly', environment: 'production', timeout: 60_000}
  const config = Object.fromEntries(kinds.map(({section, target}) => [section, target === kind ? [entry] : []]))
  const target = {
    id: `${kind}/production/nightly`,
    kind,
    probe: async () => ({status, reason: 'why', latencyMs: 1, checks: [], values: {}}),
  } as unknown as Target
  const context = {targets: () => [target], signal: new AbortController().signal} as unknown as CommandContext
  const [check] = await checkEndpoints(config as unknown as Config, context)
  return check?.fix
}

test('a schedule and a heartbeat have no address and no login to be checked', async () => {
  for (const status of ['degraded', 'down'] as const) {
    expect(await fixOf('schedule', status)).toContain('opsconsole schedule show')
    expect(await fixOf('heartbeat', status)).toContain('job')
  }
})
