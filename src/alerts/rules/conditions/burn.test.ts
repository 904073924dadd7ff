import {expect, test} from 'vitest'
import type {SpentByWindow} from '../../../monitors/objectives/objective.ts'
import {slosOf} from '../../../monitors/objectives/budget.ts'
import type {AlertTarget} from '../../alert-target.ts'
import {burn} from './burn.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const objective = {availability: 0.999, periodMs: 30 * 86_400_000, minimumEvents: 5}
const spent = (failed: number, probes: number) => ({probes, failed, slow: 0, failedMs: failed * 30_000, slowMs: 0})
const windows = (bad: Partial<Record<keyof SpentByWindow, number>>): SpentByWindow => ({
  '5m': spent(bad['5m'] ?? 0, 10),
  '30m': spent(bad['30m'] ?? 0, 60),
  '1h': spent(bad['1h'] ?? 0, 120),
  '6h': spent(bad['6h'] ?? 0, 720),
  '3d': spent(bad['3d'] ?? 0, 8640),
  period: spent(bad.period ?? 0, 86_400),
})
const target = (bad?: Parameters<typeof windows>[0], more: Partial<AlertTarget> = {}): AlertTarget => ({
  target: 'service/prod/web',
  kind: 'service',
  environment: 'prod',
  name: 'web',
  intervalMs: 30_000,
  state: 'up',
  since: NOW,
  failures: 0,
  flapping: false,
  sample: undefined,
  watchedSince: NOW - 60 * MINUTE,
  ...(bad === undefined ? {} : {slos: slosOf(objective, windows(bad))}),
  ...more,
})
const judge = (of: AlertTarget, pairs: ('fast' | 'slow' | 'ticket')[] = ['fast', 'slow']) =>
  burn.judge({type: 'burn', pairs}, of, {now: NOW, failuresUntilDown: 3})

test('it is a breach when both windows of a pair burn, and says how fast and what is left', () => {
  expect(judge(target({'5m': 5, '1h': 12, period: 20}))).toEqual({
    breach: 'yes',
    reason: 'burns its error budget (99.9% answered) 100 times as fast as it lasts over 1h, 500 over 5m; 76% is left',
  })
  for (const [bad, pairs, breach] of [
    [{'1h': 12}, ['fast'], 'no'],
    [{'5m': 4, '1h': 4}, ['fast'], 'no'],
    [{'30m': 3, '6h': 5}, ['slow'], 'yes'],
    [{'30m': 3, '6h': 5}, ['ticket'], 'no'],
    [{'6h': 1, '3d': 9}, ['ticket'], 'yes'],
  ] as const)
    expect(judge(target(bad), [...pairs]).breach).toBe(breach)
})

test('without data it says nothing, so that it resolves nothing; without an objective there is nothing to spend', () => {
  expect(judge(target({'5m': 9, '1h': 9}, {state: 'no data'})).breach).toBe('unknown')
  expect(judge(target()).breach).toBe('no')
})
