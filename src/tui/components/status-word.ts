import type {Span, Tone} from '../layout/line.ts'
import {span} from '../layout/line.ts'

/** How a state is shown: always glyph, word and colour together. */
interface Status {
  readonly glyph: string
  readonly tone: Tone
}

const STATUS: Readonly<Record<string, Status>> = {
  up: {glyph: '●', tone: 'ok'},
  degraded: {glyph: '▲', tone: 'warn bold'},
  down: {glyph: '✘', tone: 'bad bold'},
  'no data': {glyph: '◌', tone: 'unknown'},
  critical: {glyph: '✘', tone: 'bad bold'},
  warning: {glyph: '▲', tone: 'warn bold'},
  info: {glyph: '○', tone: 'accent'},
  firing: {glyph: '✘', tone: 'bad bold'},
  resolved: {glyph: '✓', tone: 'dim'},
  acknowledged: {glyph: '◐', tone: 'warn'},
  undelivered: {glyph: '▲', tone: 'warn bold'},
  running: {glyph: '▸', tone: 'accent bold'},
  waiting: {glyph: '▲', tone: 'warn bold'},
  pending: {glyph: '○', tone: 'dim'},
  done: {glyph: '✓', tone: 'ok'},
  'already done': {glyph: '✓', tone: 'dim'},
  skipped: {glyph: '–', tone: 'dim'},
  failed: {glyph: '✘', tone: 'bad bold'},
  aborted: {glyph: '✘', tone: 'warn bold'},
  undoing: {glyph: '↩', tone: 'warn bold'},
  undone: {glyph: '↩', tone: 'warn'},
  'undo failed': {glyph: '✘', tone: 'bad bold'},
  unknown: {glyph: '◌', tone: 'unknown'},
  lost: {glyph: '◌', tone: 'bad bold'},
  locked: {glyph: '–', tone: 'warn'},
  refused: {glyph: '–', tone: 'warn'},
  suspended: {glyph: '▲', tone: 'warn'},
  unproven: {glyph: '▲', tone: 'warn'},
  pass: {glyph: '✓', tone: 'ok'},
  fail: {glyph: '✘', tone: 'bad bold'},
  inconclusive: {glyph: '◌', tone: 'unknown'},
  good: {glyph: '✓', tone: 'ok'},
  damaged: {glyph: '✘', tone: 'bad bold'},
  incomplete: {glyph: '▲', tone: 'warn bold'},
  unchecked: {glyph: '○', tone: 'plain'},
  live: {glyph: '●', tone: 'ok'},
  idle: {glyph: '○', tone: 'dim'},
  draining: {glyph: '▼', tone: 'warn'},
  mixed: {glyph: '▲', tone: 'warn bold'},
  safe: {glyph: '○', tone: 'ok'},
  disruptive: {glyph: '▲', tone: 'warn bold'},
  destructive: {glyph: '✘', tone: 'bad bold'},
  'would change': {glyph: '▸', tone: 'accent'},
  'cannot know': {glyph: '◌', tone: 'unknown'},
}

/** `● up`, `✘ down`; a calm state has a plain word, so that only what wants attention stands out. */
export function statusWord(state: string, word = state): readonly Span[] {
  const status = STATUS[state] ?? {glyph: '○', tone: 'plain'}
  const loud = status.tone !== 'ok' && status.tone !== 'accent'
  return [span(status.glyph, status.tone), span(` ${word}`, loud ? status.tone : 'plain')]
}

/** Only the glyph, in its colour; the word must stand nearby. */
export const statusGlyph = (state: string): Span => span(STATUS[state]?.glyph ?? '○', STATUS[state]?.tone ?? 'plain')

export const statusTone = (state: string): Tone => STATUS[state]?.tone ?? 'plain'
