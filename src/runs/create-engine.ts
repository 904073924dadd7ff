import {OpsError, toOpsError} from '../errors.ts'
import type {Runbook} from '../runbooks/define.ts'
import {listRunbooks} from '../runbooks/load.ts'
import {abortRun} from './abort.ts'
import {decideStep} from './decide.ts'
import {answerPrompt} from './answer.ts'
import {refuseEdited} from './admit-journal.ts'
import {approveRun} from './approve.ts'
import {resumeChange, startChange} from './changes.ts'
import {compareJournal} from './compare-journal.ts'
import type {RunsContext} from './context.ts'
import {orDiskFull} from './disk.ts'
import type {Engine} from './engine.ts'
import {followRun} from './follow.ts'
import {openPlans} from './keep.ts'
import {launchResume, launchRun} from './launch.ts'
import {standIn} from './load-planned.ts'
import {loadWatched} from './load-watched.ts'
import {listLocks, releaseLock} from './locks.ts'
import {createReader} from './read.ts'

/** The engine over the files of a state directory. Holds nothing itself but what it has read. */
export function createEngine(context: RunsContext): Engine {
  const reader = createReader(context)
  const plans = openPlans(context)
  return {
    runbooks: () =>
      listRunbooks(context.runbookDirectories(), context.options.modules, file => loadWatched(context, file)),
    plan: plans.make,
    keptPlan: id => context.runs().keptPlan(id).plan,
    start: async request => {
      const {plan} = context.runs().keptPlan(request.plan)
      context.gate.admit(startChange(context.actor(), plan, request.reason))
      const made = plans.made(request.plan)
      const known = {...made?.secrets, ...request.secrets}
      for (const value of Object.values(known)) context.redactor.add(value)
      // The request is a file too.
      const start = {...request, reason: context.redactor.redact(request.reason), secrets: known}
      const {standby} = context.options
      const own = standby?.run === request.plan ? standby : undefined
      return orDiskFull(context.stateDir, launchRun(context, start, made?.standby ?? own))
    },
    resume: async request => {
      const view = reader.view(request.run)
      if (view.outcome !== undefined)
        throw new OpsError('run/ended', `run ${request.run} has already ended: ${view.outcome}`)
      context.gate.admit(resumeChange(context.actor(), view, request.abandon !== undefined))
      return orDiskFull(context.stateDir, launchResume(context, request))
    },
    state: reader.view,
    list: reader.rows,
    total: () => context.runs().ids().length,
    follow: (run, signal) =>
      followRun(context.runs().run(run), signal, {
        isLost: () => reader.view(run).lost,
        isDone: () => reader.isDone(run),
      }),
    report: async run => {
      const {composeReport} = await import('./report.ts')
      return composeReport(reader.view(run), await runbookOf(context, run))
    },
    output: reader.output,
    pages: run => context.runs().run(run).pages,
    progress: run => context.runs().run(run).progress(),
    answer: async (run, prompt, answer, reason, via) => {
      const view = reader.view(run)
      if (view.prompt?.kind === 'approval') refuseEdited(context, context.runs().run(run))
      return answerPrompt(context, view, {prompt, answer, reason, via})
    },
    approve: async (run, reason, plan) => {
      refuseEdited(context, context.runs().run(run))
      return approveRun(context, reader.view(run), {reason, plan})
    },
    decide: (run, given) => decideStep(context, reader.view(run), given),
    abort: (run, reason, via) => abortRun(context, reader.view(run), {reason, via}),
    compareJournal: run => compareJournal(context.runs().run(run), context.audit()),
    locks: () => listLocks(context),
    releaseLock: (lock, reason, consent) => releaseLock(context, lock, {reason, consent}),
  }
}

/** What a run leaves is told without its runbook too, but for the part that only that can write. */
async function runbookOf(context: RunsContext, run: string): Promise<Runbook> {
  const {file, plan} = context.runs().run(run).request()
  try {
    return (await loadWatched(context, file)).runbook
  } catch (error) {
    return standIn(file, plan, toOpsError(error)).runbook
  }
}
