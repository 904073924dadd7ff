import type {ServiceState} from '../../monitors/sample.ts'
import {formatAge, formatDuration} from '../../units/duration.ts'

const GLYPHS: Readonly<Record<ServiceState, string>> = {up: '●', degraded: '▲', down: '✖', 'no data': '○'}

/** Word and glyph, so that a state needs no colour. */
export const stateWords = (state: ServiceState): string => `${GLYPHS[state]} ${state}`

export const ageWords = (at: number | undefined, now: number): string =>
  at === undefined ? 'never' : formatAge(at, now)

export const orDash = <T>(value: T | undefined, format: (value: T) => string): string =>
  value === undefined ? '–' : format(value)

export const durationOrDash = (ms: number | undefined): string => orDash(ms, formatDuration)
