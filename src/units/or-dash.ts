import {formatDuration} from './duration.ts'

/** A value that is not known is a dash, never a zero. */
export const orDash = <T>(value: T | undefined, format: (value: T) => string): string =>
  value === undefined ? '–' : format(value)

export const durationOrDash = (ms: number | undefined): string => orDash(ms, formatDuration)
