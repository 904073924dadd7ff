import {messageOf} from '../errors.ts'
import type {Runbook} from '../runbooks/define.ts'
import {makeReport, type RunReport, writeMarkdown} from '../runbooks/report.ts'
import type {RunState} from '../runbooks/state.ts'
import type {StoredRun} from './ports.ts'

/** Keeps the report beside the journal, for people and as data. A runbook's own part that fails is said, not lost. */
export function writeReport(
  stored: Pick<StoredRun, 'keepReport'>,
  state: RunState,
  runbook: Runbook,
  redact: (text: string) => string,
): void {
  const {markdown, report} = composeReport(state, runbook)
  stored.keepReport({markdown: redact(markdown), json: redact(`${JSON.stringify(report, null, 1)}\n`)})
}

/** The same document without writing it. */
export function composeReport(
  state: RunState,
  runbook: Runbook,
): {readonly markdown: string; readonly report: RunReport} {
  const own = ownPart(state, runbook)
  const report = makeReport(state, own.json)
  return {report, markdown: writeMarkdown(report, own.markdown)}
}

function ownPart(state: RunState, runbook: Runbook): {readonly markdown: string; readonly json: unknown} {
  if (!runbook.report || !state.plan || state.dryRun) return {markdown: '', json: null}
  try {
    return runbook.report({
      params: state.plan.params,
      facts: state.plan.facts as never,
      environment: state.plan.environment,
      run: state.run,
      saved: state.saved,
    })
  } catch (error) {
    return {markdown: `The runbook's own part of the report could not be made: ${messageOf(error)}`, json: null}
  }
}
