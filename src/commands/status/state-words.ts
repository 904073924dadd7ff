import type {ServiceState} from '../../monitors/sample.ts'
import {formatAge} from '../../units/duration.ts'

const GLYPHS: Readonly<Record<ServiceState, string>> = {up: '●', degraded: '▲', down: '✘', 'no data': '◌'}

/** Word and glyph, the same as on the screens, so that a state needs no colour. */
export const stateWords = (state: ServiceState): string => `${GLYPHS[state]} ${state}`

export const ageWords = (at: number | undefined, now: number): string =>
  at === undefined ? 'never' : formatAge(at, now)
