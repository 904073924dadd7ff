import type {Step, StepContext} from './define.ts'
import {untilAborted} from './step-run.ts'

/** A preview that takes longer is cut: the person who waits for it decides with what is known by then. */
const LONGEST_MS = 10_000

/**
 * What an assisted step would run now, command by command: its `run` over a shell that prints. What follows from the
 * output of its own commands cannot be known before they run, and is said to be so. Never throws.
 *
 * @param context a context that touches nothing and tells each command that would be run
 */
export async function previewStep(
  step: Step,
  context: (tell: (command: string) => void, signal: AbortSignal) => StepContext,
): Promise<readonly string[]> {
  const lines: string[] = []
  const signal = AbortSignal.timeout(LONGEST_MS)
  let whole = true
  try {
    await untilAborted(
      step.run?.(context(command => lines.push(`$ ${command}`), signal)) ?? Promise.resolve(),
      signal,
      0,
    )
  } catch {
    whole = false
  }
  if (lines.length === 0) return ['what it runs is unknown until run']
  return whole ? lines : [...lines, 'what follows from this is unknown until run']
}
