import {sleep} from '../../units/clock.ts'

/** Holds a sender to so many bytes a second on average, from its first byte on; none: as fast as it goes. */
export function paceOf(
  bytesPerSecond: number | undefined,
  {
    monotonic,
    wait = sleep,
  }: {readonly monotonic: () => number; readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>},
  signal?: AbortSignal,
): (bytes: number) => Promise<void> {
  const begun = monotonic()
  return async bytes => {
    if (bytesPerSecond === undefined || bytesPerSecond <= 0) return
    const ms = (bytes / bytesPerSecond) * 1000 - (monotonic() - begun)
    if (ms > 0) await wait(ms, signal)
  }
}
