import {OpsError} from '../errors.ts'
import {approvalOver} from './approve.ts'
import {answerChange} from './changes.ts'
import type {RunsContext} from './context.ts'
import type {RunView} from './engine.ts'

/** Answers the open question of a run. */
export async function answerPrompt(
  context: Pick<RunsContext, 'actor' | 'clock' | 'gate' | 'runs'>,
  view: RunView,
  given: {
    readonly prompt: string
    readonly answer: string
    readonly reason: string
    readonly via: 'console' | 'command'
  },
): Promise<void> {
  const {run, prompt: open} = view
  if (open?.id !== given.prompt)
    throw new OpsError('run/ended', `run ${run} has no open question ${given.prompt}`, {
      hint: `See \`opsconsole runs show ${run}\`.`,
    })
  const over = approvalOver(context, open)
  if (over !== undefined) throw new OpsError('run/refused', over)
  const by = context.actor()
  await context.gate.carryOut(answerChange(by, view, given), () =>
    context
      .runs()
      .run(run)
      .leave({kind: 'answer', ...given, by}),
  )
}
