import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import type {OutputLine, Prompt} from '../../src/runbooks/events.ts'
import type {Progress} from '../../src/runbooks/ports.ts'
import type {RunState} from '../../src/runbooks/state.ts'
import {emptyRun, reduceRun} from '../../src/runbooks/state.ts'
import {lineWidth} from '../../src/tui/layout/line.ts'
import {NOUNS, PANES} from '../../src/tui/panes/registry.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {runScreen} from '../../src/tui/state/navigate.ts'
import type {OpenOverlay, Screen, UiState} from '../../src/tui/state/ui.ts'
import {openingState} from '../../src/tui/state/ui.ts'
import {toAscii} from '../../src/tui/theme.ts'
import type {World} from '../../src/tui/state/world.ts'
import type {AnswerForm} from '../../src/tui/overlays/answer-form.ts'
import {nothingTyped, typedText} from '../../src/tui/state/typing.ts'
import {ANY_PHRASE} from '../architecture/phrases.ts'
import {textPages} from '../../src/runs/text-pages.ts'
import {deployPlan, RUN} from './fake-port.ts'
import {actor, audit, letter, NOW, runbooks, runRow} from './shop-events.ts'
import {emptySnapshot, service, shop} from './shop.ts'

const HOSTILE = [
  '日本語のサービス名前がとても長い場合',
  '👩‍🚀🇩🇪👍🏽✔️ emoji',
  'e\u0301\u0300\u0302\u0303 combining',
  '\u001b[2J\u001b]0;title\u0007 escape',
  '\u202etfel ot thgir',
  'x'.repeat(3000),
  '',
  ' ',
  'שלום عليكم',
]

const hostile: Snapshot = {
  ...shop,
  project: HOSTILE[0] ?? '',
  environment: {name: 'e'.repeat(63), protected: true},
  services: HOSTILE.map((text, index) =>
    service(`${text}${index}`, {
      reason: text,
      state: 'degraded',
      version: text,
      address: text,
      checks: [{name: text, status: 'down', detail: text}],
    }),
  ),
  alerts: shop.alerts.map((alert, index) => ({
    ...alert,
    summary: HOSTILE[index] ?? '',
    target: HOSTILE[index + 1] ?? '',
  })),
  undelivered: HOSTILE.map((text, index) => letter(`r${index}`, {channel: text, why: text})),
  runs: HOSTILE.map((text, index) =>
    runRow(`r${index}`, {
      runbook: text,
      state: index === 0 ? 'waiting' : 'failed',
      stepTitle: text,
      reason: text,
      actor: text,
      endedAt: undefined,
      durationMs: undefined,
    }),
  ),
  notices: HOSTILE.map(text => ({level: 'critical', text})),
}

const huge: Snapshot = {
  ...shop,
  services: Array.from({length: 500}, (_, index) =>
    service(`service-${index}`, {state: index % 7 === 0 ? 'down' : 'up'}),
  ),
  alerts: Array.from({length: 300}, (_, index) => ({
    ...(shop.alerts[0] as Snapshot['alerts'][number]),
    id: `a${index}`,
  })),
}

const prompt = (type: string | undefined): Prompt => ({
  id: 'q1',
  step: 's5',
  kind: type === undefined ? 'unknown' : 'confirm',
  text: `Really? ${HOSTILE.join(' ')}`,
  touches: Array.from({length: 30}, (_, index) => `table ${index} ${HOSTILE[index % HOSTILE.length]}`),
  type,
  choices: ['probe', 'mark done', 'run again', 'skip', 'abort'],
  fallback: 'abort',
  expiresAt: NOW + 1000,
})

function runState(asked: Prompt | undefined): RunState {
  const base = {v: 1 as const, at: NOW - 9000, run: RUN}
  let state = reduceRun(emptyRun(RUN), {
    ...base,
    seq: 1,
    type: 'run-started',
    plan: deployPlan(),
    actor,
    reason: HOSTILE[5] ?? '',
    dryRun: true,
    process: {pid: 1, startTicks: 1, bootId: ''},
  })
  state = reduceRun(state, {...base, seq: 2, type: 'step-started', step: 's0', attempt: 2, key: '', phase: 'run'})
  state = reduceRun(state, {
    ...base,
    seq: 3,
    type: 'step-finished',
    step: 's0',
    phase: 'run',
    outcome: 'failed',
    reason: HOSTILE.join(' '),
    durationMs: 4,
  })
  if (asked) return reduceRun(state, {...base, seq: 4, type: 'prompt-opened', prompt: asked})
  return reduceRun(state, {
    ...base,
    seq: 4,
    type: 'run-ended',
    outcome: 'undo failed',
    exitCode: 4,
    reason: HOSTILE.join(' '),
    durationMs: 9,
    afterwards: HOSTILE,
  })
}

const lines: readonly OutputLine[] = HOSTILE.flatMap(text =>
  (['out', 'err', 'log', 'command'] as const).map(stream => ({step: 's0', stream, text})),
)

const compared: Progress = {
  done: 1,
  total: 2,
  unit: 'ms',
  comparison: {
    sides: [HOSTILE[0] ?? '', HOSTILE[3] ?? ''],
    figures: HOSTILE.map((text, index) => ({name: text, values: [text, text], limit: text, over: index % 2 === 0})),
    evidence: [0, 0.2, Number.NaN, 1, Number.POSITIVE_INFINITY],
    stepMs: 1000,
    at: NOW,
    verdict: {word: HOSTILE[1] ?? '', reason: HOSTILE.join(' ')},
  },
}

const worlds: Readonly<Record<string, World>> = {
  shop: {snapshot: shop, runbooks, audit, run: undefined},
  empty: {snapshot: emptySnapshot, runbooks: [], audit: [], run: undefined},
  huge: {
    snapshot: huge,
    runbooks,
    audit,
    run: {id: RUN, state: runState(undefined), lines, total: 900, progress: {done: 3, total: 9, unit: 'rows'}},
  },
  hostile: {
    snapshot: hostile,
    runbooks: runbooks.map((runbook, index) => ({
      ...runbook,
      name: HOSTILE[index] ?? '',
      summary: HOSTILE[index] ?? '',
      description: HOSTILE.join(' '),
    })),
    audit,
    run: {id: RUN, state: runState(prompt(undefined)), lines, total: 40, progress: compared},
    page: textPages(lines).page({at: 0, before: 0, after: 100}),
  },
}

const runbook = runbooks[0] as (typeof runbooks)[number]
const plan = deployPlan({summary: HOSTILE.join(' ')})

const pager: Extract<Screen, {kind: 'pager'}> = {
  kind: 'pager',
  source: {kind: 'output', run: RUN},
  at: 0,
  top: 0,
  follow: false,
  wrap: false,
  side: 0,
  search: '',
  whole: false,
}

const screens: readonly Screen[] = [
  {kind: 'overview'},
  ...NOUNS.map((noun): Screen => ({kind: 'list', noun})),
  ...NOUNS.map((noun): Screen => ({kind: 'details', noun, id: 'web', scroll: 3})),
  {kind: 'runbooks', query: nothingTyped, index: 1},
  {kind: 'runbooks', query: typedText('zzz'), index: 9},
  {
    kind: 'params',
    runbook: runbook,
    values: {version: HOSTILE[5] ?? ''},
    field: 1,
    cursor: 4,
    error: HOSTILE.join(' '),
  },
  {kind: 'planning', runbook: 'deploy', params: {a: 'b'}, since: 0},
  {kind: 'plan', plan, params: {}, index: 5},
  runScreen(RUN),
  {kind: 'run', id: RUN, back: 10, anchor: 20, half: 'steps'},
  {kind: 'run', id: 'gone', back: 0, anchor: 0, half: 'output'},
  {...pager, follow: true},
  {...pager, at: 3, wrap: true, search: 'ا'},
  {...pager, at: 99, side: 40, whole: true},
  {...pager, source: {kind: 'logs', release: HOSTILE[0] ?? '', instance: HOSTILE[4] ?? ''}, at: 2},
  {...pager, source: {kind: 'text', title: 'Report', name: HOSTILE[5] ?? '', lines}, at: 4, wrap: true},
  {kind: 'help', scroll: 500},
]

const long = typedText(HOSTILE[5] ?? '')
const form = (change: Partial<AnswerForm> = {}): AnswerForm => ({
  focus: 'reason',
  typed: nothingTyped,
  reason: nothingTyped,
  letter: undefined,
  ...change,
})

const over = (id: string, data: unknown): OpenOverlay => ({id, data, scroll: 7})

const overlays: readonly (OpenOverlay | undefined)[] = [
  undefined,
  over('filter', {noun: 'services', field: typedText(HOSTILE[0] ?? ''), original: ''}),
  over('command', {field: {text: 'ru', cursor: 1}, index: 3}),
  over('second key', 'g'),
  over('environments', {index: 1}),
  over('start', {plan, dryRun: false, form: form({focus: 'typed', typed: typedText('produ')})}),
  over('question', {run: RUN, prompt: prompt('production'), form: form({focus: 'typed', typed: long})}),
  over('question', {run: RUN, prompt: prompt(undefined), form: form({reason: {text: HOSTILE.join(''), cursor: 9}})}),
  over('stopping', {run: RUN, form: form({focus: 'keep'})}),
  over('silencing', {alerts: shop.alerts.map(alert => alert.id), for: '1h', reason: long}),
  over('sending again', {
    letters: HOSTILE.map((text, at) => ({id: 'r', channel: text, at, what: text, why: text})),
    form: form({reason: long}),
  }),
  over('acknowledgement', {alerts: shop.alerts.map(alert => alert.id), note: nothingTyped}),
]

const SIZES: readonly (readonly [number, number])[] = [
  [60, 15],
  [80, 24],
  [100, 30],
  [120, 40],
  [200, 60],
  [250, 70],
  [40, 10],
  [80, 12],
  [150, 20],
  [20, 5],
  [7, 3],
  [1, 1],
]

const stateOf = (world: World, screen: Screen, size: {readonly columns: number; readonly rows: number}): UiState => ({
  ...openingState(world, {...size, now: NOW}),
  screens: screen.kind === 'overview' ? [screen] : [{kind: 'overview'}, screen],
})

function check(state: UiState, what: string): void {
  const block = frame(state)
  expect(block.length, `${what}: lines`).toBe(state.rows)
  const widths = new Set(block.map(lineWidth))
  expect([...widths], `${what}: widths of lines`).toEqual([state.columns])
  const text = block.flatMap(each => each.map(part => part.text)).join('')
  // No control characters, no bidi overrides.
  expect(text, what).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
  expect(text, what).not.toMatch(ANY_PHRASE)
}

describe('a frame is exactly as high and as wide as the terminal', () => {
  for (const [columns, rows] of SIZES) {
    test(`${columns}×${rows}: every screen and every overlay, with every kind of data`, () => {
      for (const [name, world] of Object.entries(worlds)) {
        for (const screen of screens) {
          const state = stateOf(world, screen, {columns, rows})
          check(state, `${name} ${JSON.stringify(screen).slice(0, 60)}`)
        }
        for (const overlay of overlays) {
          for (const screen of [runScreen(RUN), {kind: 'list', noun: 'services'}] as const) {
            check({...stateOf(world, screen, {columns, rows}), overlay}, `${name} ${overlay?.id} over ${screen.kind}`)
          }
        }
      }
    })
  }

  test('also at sizes nobody thought of', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 260}),
        fc.integer({min: 1, max: 90}),
        fc.constantFrom(...Object.keys(worlds)),
        fc.constantFrom(...screens),
        fc.constantFrom(...overlays),
        (columns, rows, name, screen, overlay) => {
          check({...stateOf(worlds[name] as World, screen, {columns, rows}), overlay}, name)
        },
      ),
      {numRuns: 150},
    )
  })
})

test('what is typed into is visible in every question, however small the terminal', () => {
  for (const [columns, rows] of [
    [60, 15],
    [40, 12],
    [80, 24],
  ] as const) {
    const state: UiState = {
      ...stateOf(worlds['hostile'] as World, runScreen(RUN), {columns, rows}),
      overlay: {
        id: 'question',
        data: {run: RUN, prompt: prompt('production'), form: form({focus: 'typed', typed: typedText('prod')})},
        scroll: 0,
      },
    }
    const text = frame(state)
      .map(each => each.map(part => part.text).join(''))
      .join('\n')
    expect(text).toContain('› prod')
    expect(text).toContain('Decide later')
    expect(text).toContain('PgDn')
  }
})

test('old knowledge is never shown as good', () => {
  const late: Snapshot = {
    ...shop,
    services: [service('web', {at: NOW - 70_000})],
    alerts: [],
    databases: [],
    caches: [],
    releases: [],
  }
  const state = stateOf(
    {...(worlds['shop'] as World), snapshot: late},
    {kind: 'list', noun: 'services'},
    {columns: 120, rows: 40},
  )
  const text = frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')
  expect(text).toContain('◌ no data 1m')
  expect(text).not.toContain('● up')
  expect(text).not.toMatch(/No alerts firing|All healthy/)
})

test('every pane has its own title, key and empty words', () => {
  const titles = new Set(NOUNS.map(noun => PANES[noun].title))
  expect(titles.size).toBe(NOUNS.length)
  for (const noun of NOUNS) expect(PANES[noun].empty).not.toBe('')
})

test.each([
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60],
  [250, 70],
] as const)('at %i×%i every screen is the same picture in ASCII, cell by cell', (columns, rows) => {
  for (const screen of screens) {
    const block = frame(stateOf(worlds['shop'] as World, screen, {columns, rows}))
    const ascii = block.map(each => toAscii(each.map(part => part.text).join('')))
    expect(ascii.filter(text => text.length !== columns || !/^[ -~]*$/.test(text))).toEqual([])
  }
})
