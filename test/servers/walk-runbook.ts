import {NO_HOST_RECORD} from '../../src/runbooks/host-record.ts'
import type {Runbook, Step, StepContext} from '../../src/runbooks/define.ts'
import type {Ops} from '../../src/runbooks/ops.ts'
import type {Shell} from '../../src/shell/shell.ts'

export interface Walked {
  readonly outcome: 'done' | 'undone' | 'undo failed'
  readonly reason: string
  /** `done`, `already done`, `failed` or `undone` by step. */
  readonly steps: Readonly<Record<string, string>>
  readonly saved: Readonly<Record<string, unknown>>
  readonly lines: readonly string[]
  readonly afterwards: readonly string[]
  readonly facts: unknown
}

/** Walks through a runbook without an engine: facts, plan, check, run, verify; on failure undo in reverse order. */
export async function walkRunbook(
  runbook: Runbook,
  given: {
    readonly params: Readonly<Record<string, unknown>>
    readonly ops: Ops
    readonly shell?: Shell
    readonly before?: (step: string) => Promise<void> | void
  },
): Promise<Walked> {
  const params = (runbook.params?.parse(given.params) ?? {}) as never
  const signal = AbortSignal.timeout(120_000)
  const $ = given.shell ?? ((() => Promise.reject(new Error('no shell here'))) as unknown as Shell)
  const environment = given.ops.environment.name
  const facts = (await runbook.facts?.({ops: given.ops, params, $, signal, environment})) as never
  const steps = runbook.plan({params, facts, environment, run: 'walk'})
  const states: Record<string, string> = {}
  const saved: Record<string, unknown> = {}
  const lines: string[] = []
  const context = (step: Step): StepContext => ({
    $,
    ops: given.ops,
    log: line => void lines.push(line),
    progress: () => undefined,
    signal,
    idempotencyKey: `walk/${step.id}`,
    fence: 1,
    run: 'walk',
    reason: '',
    saved,
    save: (key, value) => void (saved[key] = value),
    hostRecord: NO_HOST_RECORD,
  })
  const passed: Step[] = []
  const end = (outcome: Walked['outcome'], reason: string): Walked => ({
    outcome,
    reason,
    steps: states,
    saved,
    lines,
    afterwards:
      outcome === 'done' ? (runbook.afterwards?.({params, facts, environment, run: 'walk', saved}) ?? []) : [],
    facts,
  })
  for (const step of steps) {
    if (step.when === false || (typeof step.when === 'object' && !step.when.ok)) continue
    await given.before?.(step.id)
    if (!step.readOnly && (await step.check?.(context(step))) === 'done') {
      states[step.id] = 'already done'
      continue
    }
    passed.push(step)
    try {
      await step.run?.(context(step))
      await verify(step, context(step))
      states[step.id] = 'done'
    } catch (error) {
      states[step.id] = 'failed'
      const reason = error instanceof Error ? error.message : String(error)
      try {
        for (const done of passed.toReversed()) {
          if (!done.undo) continue
          await done.undo(context(done))
          states[done.id] = 'undone'
        }
      } catch (second) {
        return end('undo failed', `${reason}; ${String(second)}`)
      }
      return end('undone', reason)
    }
  }
  return end('done', '')
}

async function verify(step: Step, context: StepContext): Promise<void> {
  if (!step.verify) return
  const deadline = performance.now() + 20_000
  for (;;) {
    const verdict = await step.verify(context)
    if (verdict === true || (typeof verdict === 'object' && verdict.ok)) return
    if (performance.now() > deadline) throw new Error(typeof verdict === 'object' ? verdict.reason : 'not verified')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
