import type {Config} from '../../config/schema.ts'
import type {Clock} from '../../units/clock.ts'
import {formatDuration} from '../../units/duration.ts'
import {type Check, ok, skipped, warning} from '../../kinds/verdict.ts'

/** Headers carry whole seconds, and the answer took a moment. */
const TOLERANCE_MS = 3_000

/** Compares our clock with the one of the first HTTP service that answers: ages and schedules depend on it. */
export async function checkClock(config: Config, clock: Clock, signal: AbortSignal): Promise<Check> {
  const urls = config.services.flatMap(({probe}) => (probe.type === 'http' ? [probe.url] : []))
  for (const url of urls.slice(0, 3)) {
    const theirs = await dateOf(url, signal)
    if (theirs === undefined) continue
    const skew = clock.now() - theirs
    if (Math.abs(skew) <= TOLERANCE_MS) return ok('clock', `agrees with ${new URL(url).host}`)
    const direction = skew > 0 ? 'ahead of' : 'behind'
    return warning(
      'clock',
      `${formatDuration(Math.abs(skew))} ${direction} ${new URL(url).host}`,
      'Let one of the two synchronise its time (timedatectl set-ntp true).',
    )
  }
  return skipped('clock', 'no HTTP service sent its time')
}

async function dateOf(url: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(3_000)]),
    })
    await response.body?.cancel()
    const date = Date.parse(response.headers.get('date') ?? '')
    return Number.isNaN(date) ? undefined : date
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
