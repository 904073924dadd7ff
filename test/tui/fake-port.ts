import type {LetterName} from '../../src/alerts/letters.ts'
import type {SilenceWish} from '../../src/alerts/routing/silences.ts'
import type {LogPlace} from '../../src/releases/shown-logs.ts'
import type {AuditQuery, AuditRecord} from '../../src/audit/record.ts'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import type {OutputLine, RunEventBody} from '../../src/runbooks/events.ts'
import type {Plan, PlannedStep} from '../../src/runbooks/plan.ts'
import type {RunbookRow, RunRow} from '../../src/runbooks/rows.ts'
import type {RunState} from '../../src/runbooks/state.ts'
import {emptyRun, reduceRun} from '../../src/runbooks/state.ts'
import type {OutputPages} from '../../src/runs/ports.ts'
import {textPages} from '../../src/runs/text-pages.ts'
import type {Keymap} from '../../src/tui/keymap/keymap.ts'
import type {ConsolePort} from '../../src/tui/port.ts'
import type {RangeName, Series} from '../../src/monitors/series.ts'
import type {ChartedNoun, LogsView} from '../../src/tui/state/world.ts'
import {actor, audit, NOW, runbooks, runRow} from './shop-events.ts'
import {shop} from './shop.ts'

/** A port over plain data. What it was asked to do is kept in `asked`; tests change the world and call `changed`. */
export class FakePort implements ConsolePort {
  world: Snapshot = shop
  listed: readonly RunbookRow[] = runbooks
  records: readonly AuditRecord[] = audit
  plans: (runbook: string) => Promise<Plan> = async runbook => deployPlan({runbook})
  readonly recorded = new Map<string, RunState>()
  /** All that are kept; those of the world when left out. */
  history: readonly RunRow[] | undefined = undefined
  readonly lines = new Map<string, OutputLine[]>()
  readonly reports = new Map<string, string>()
  running: {readonly done: number; readonly total: number; readonly unit: string} | undefined = undefined
  /** Of the logs. */
  trouble: string | undefined = undefined
  /** The series that was asked for last. */
  charted = ''
  readonly asked: string[] = []
  time = NOW
  private readonly listeners = new Set<() => void>()

  reads = 0

  snapshot = (): Snapshot => {
    this.reads += 1
    return this.world
  }
  runbooks = (): readonly RunbookRow[] => this.listed
  keys: Keymap | undefined = undefined
  keymap = (): Keymap | undefined => this.keys
  audit = ({limit = Infinity}: AuditQuery): readonly AuditRecord[] => this.records.slice(-limit)

  runs(limit: number) {
    const all = this.history ?? this.world.runs
    return {rows: all.slice(0, limit), total: all.length}
  }
  now = (): number => this.time
  run = (id: string): RunState | undefined => this.recorded.get(id)
  progress = () => this.running

  output(id: string, options: {readonly last: number}) {
    const all = this.lines.get(id) ?? []
    return {lines: all.slice(-options.last), total: all.length}
  }

  pages = (id: string): OutputPages => textPages(this.lines.get(id) ?? [])
  logs(place: LogPlace | undefined): LogsView | undefined {
    if (!place) return undefined
    const lines = this.lines.get(place.instance) ?? []
    return {pages: textPages(lines), reading: false, trouble: this.trouble}
  }

  series(noun: ChartedNoun, name: string, range: RangeName): Series | undefined {
    this.charted = `${noun} ${name} ${range}`
    return undefined
  }

  report = (id: string): string | undefined => this.reports.get(id)

  subscribe(changed: () => void): () => void {
    this.listeners.add(changed)
    return () => this.listeners.delete(changed)
  }

  changed(): void {
    for (const listener of this.listeners) listener()
  }

  plan(runbook: string, params: Readonly<Record<string, string>>): Promise<Plan> {
    this.asked.push(`plan ${runbook} ${JSON.stringify(params)}`)
    return this.plans(runbook)
  }

  /** The plan for whose start something stands by now. */
  standing: string | undefined
  standBy(plan: Plan | undefined): void {
    this.standing = plan?.run
  }

  async start(
    plan: Plan,
    options: {readonly reason: string; readonly typed: string | undefined; readonly dryRun: boolean},
  ): Promise<string> {
    this.asked.push(
      `start ${plan.runbook} typed=${options.typed ?? '-'} dry=${options.dryRun} reason=${options.reason}`,
    )
    this.record(plan.run, {
      type: 'run-started',
      plan,
      actor,
      reason: options.reason,
      dryRun: options.dryRun,
      process: {pid: 1, startTicks: 1, bootId: 'b'},
    })
    this.world = {
      ...this.world,
      runs: [
        runRow(plan.run, {
          runbook: plan.runbook,
          actor: 'alice',
          startedAt: this.time,
          endedAt: undefined,
          durationMs: undefined,
          usualMs: plan.usualMs,
          state: 'running',
          stepIndex: 0,
          stepCount: plan.steps.length,
          stepTitle: plan.steps[0]?.title ?? '',
          exitCode: undefined,
        }),
        ...this.world.runs,
      ],
    }
    return plan.run
  }

  async answer(run: string, prompt: string, answer: string, reason: string): Promise<void> {
    this.asked.push(`answer ${prompt} ${answer}${reason === '' ? '' : ` (${reason})`}`)
    this.record(run, {type: 'prompt-answered', prompt, answer, by: actor, via: 'console', reason})
    this.changed()
  }

  handOver(argv: readonly string[]): number {
    this.asked.push(`hand over ${argv.join(' ')}`)
    return 0
  }

  async decide(
    run: string,
    given: {readonly step: string; readonly choice: string; readonly reason: string},
  ): Promise<void> {
    this.asked.push(`decide ${given.step} ${given.choice}`)
    this.record(run, {type: 'step-decided', by: actor, ...given})
    this.changed()
  }

  async abort(run: string, reason: string): Promise<void> {
    this.asked.push(`abort ${run}${reason === '' ? '' : ` (${reason})`}`)
    this.record(run, {type: 'abort-requested', by: actor, reason})
    this.changed()
  }

  async acknowledge(alert: string, note: string): Promise<void> {
    this.asked.push(`acknowledge ${alert}${note === '' ? '' : ` (${note})`}`)
  }

  async silence(alert: string, wish: SilenceWish): Promise<void> {
    this.asked.push(`silence ${alert} ${wish.for} (${wish.reason})`)
  }

  async sendAgain(letters: readonly LetterName[], reason: string): Promise<void> {
    for (const {id, channel} of letters)
      this.asked.push(`send again ${id} ${channel}${reason === '' ? '' : ` (${reason})`}`)
  }

  selectEnvironment(name: string): void {
    this.asked.push(`environment ${name}`)
    this.world = {...this.world, environment: {name, protected: name === 'production'}}
  }

  refresh(): void {
    this.asked.push('refresh')
  }

  /** Adds an event to a run, as the engine would. */
  record(run: string, body: RunEventBody, at = this.time): void {
    const before = this.recorded.get(run) ?? emptyRun(run)
    this.recorded.set(run, reduceRun(before, {v: 1, seq: before.lastSeq + 1, at, run, ...body}))
  }

  print(run: string, ...lines: readonly OutputLine[]): void {
    this.lines.set(run, [...(this.lines.get(run) ?? []), ...lines])
  }
}

export const RUN = '20261122-031207-deploy-c41e'

function plannedStep(index: number, title: string, change: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: `s${index}`,
    index,
    title,
    why: '',
    targets: ['haproxy backend app'],
    forecast: 'would change',
    confirm: undefined,
    manual: undefined,
    skipped: undefined,
    undo: true,
    verify: true,
    readOnly: false,
    timeoutMs: 120_000,
    retries: 0,
    stopCost: '',
    usualMs: 12_000,
    ...change,
  }
}

export const deploySteps: readonly PlannedStep[] = [
  plannedStep(0, 'Check that green is idle and healthy', {
    readOnly: true,
    undo: false,
    usualMs: 400,
    targets: ['slot green'],
  }),
  plannedStep(1, 'Back up the database first', {
    forecast: 'done',
    why: 'The newest backup is younger than an hour',
    targets: ['database shop'],
    undo: false,
  }),
  plannedStep(2, 'Start 2.4.1 on green-1', {targets: ['green-1 on app-1']}),
  plannedStep(3, 'Start 2.4.1 on green-2', {targets: ['green-2 on app-2']}),
  plannedStep(4, 'Smoke tests against green', {
    readOnly: true,
    undo: false,
    usualMs: 3000,
    targets: ['green-1', 'green-2'],
  }),
  plannedStep(5, 'Move traffic to green', {
    why: 'Users see 2.4.1 from here on',
    confirm: {
      text: 'Move all traffic of web to green (2.4.1)?',
      touches: ['haproxy backend app: green-1, green-2 ready', 'haproxy backend app: blue-1, blue-2 drained'],
      type: undefined,
    },
    stopCost: 'Traffic may be on both versions',
    usualMs: 6000,
  }),
  plannedStep(6, 'Watch error rate and latency', {
    readOnly: true,
    undo: false,
    forecast: 'cannot know',
    usualMs: 300_000,
  }),
  plannedStep(7, 'Clear the page cache', {
    forecast: 'cannot know',
    undo: false,
    targets: ['cache pages'],
    usualMs: 900,
  }),
]

export function deployPlan(change: Partial<Plan> = {}): Plan {
  return {
    run: RUN,
    runbook: 'deploy',
    summary: 'Blue-green: start the new version in the idle slot, test it, move traffic, watch it',
    danger: 'disruptive',
    environment: 'production',
    protected: true,
    params: {release: 'web', version: '2.4.1', watch: '5m'},
    locks: ['release:web'],
    facts: {},
    steps: deploySteps,
    onFailure: 'undo',
    runbookHash: 'ab',
    hash: 'cd',
    start: {kind: 'type', text: 'production', reason: 'production is protected and the runbook is disruptive'},
    usualMs: 340_000,
    at: NOW,
    ...change,
  }
}
