import {coveredCode} from './covered-code.ts'
import type {Plan, PlannedGuard, PlannedStep} from './plan.ts'
import {escapeLine, oneLine} from '../text/escape.ts'
import {formatDuration} from '../units/duration.ts'

/** A plan for people: what it would do, in order, and what must be said before it starts. Nothing in it begins a line of its own. */
export function planText(plan: Plan): string {
  const params = Object.entries(plan.params)
    .map(([name, value]) => `${name}=${escapeLine(String(value as string))}`)
    .join(' ')
  const code = coveredCode(plan)
  const head = [
    `${plan.runbook} in ${plan.environment}${plan.protected ? ' (PROTECTED)' : ''}: ${plan.summary}`,
    ...(params ? [`  parameters  ${params}`] : []),
    `  danger      ${plan.danger}`,
    ...(plan.locks.length > 0 ? [`  locks       ${plan.locks.join(', ')}`] : []),
    ...(plan.guards ?? []).map(guardLine),
    ...(plan.usualMs === undefined ? [] : [`  usually     ${formatDuration(plan.usualMs)}`]),
    `  on failure  ${plan.onFailure === 'undo' ? 'undo in reverse order' : 'leave everything for a person'}`,
    ...(plan.retry === undefined ? [] : [`  retry       what run ${plan.retry.run} failed on or did not start`]),
    ...(code === undefined ? [] : [`  code        ${code}`]),
    `  plan        ${plan.run} ${plan.hash.slice(0, 16)}`,
    '',
  ]
  const width = String(plan.steps.length).length
  return [...head, ...plan.steps.flatMap(step => stepLines(step, width)), '', startLine(plan)].map(oneLine).join('\n')
}

export function guardLine({title, everyMs, failures, after}: PlannedGuard): string {
  const when = after === undefined ? '' : `, from the end of ${after} on`
  const often = failures === 1 ? 'once' : `${failures} times in a row`
  return `  guard       ${title} (every ${formatDuration(everyMs)}${when}; stops the run when it fails ${often})`
}

function stepLines(step: PlannedStep, width: number): readonly string[] {
  const marks = [
    forecastWord(step),
    ...(step.undo ? ['can be undone'] : []),
    ...(step.assisted ? ['shows what it runs, then asks'] : []),
    ...(step.usualMs === undefined ? [] : [`usually ${formatDuration(step.usualMs)}`]),
  ]
  const indent = ' '.repeat(width + 4)
  return [
    `  ${String(step.index + 1).padStart(width)}  ${step.title}  (${marks.join(', ')})`,
    ...(step.why ? [`${indent}${step.why}`] : []),
    ...(step.estimate === undefined ? [] : [`${indent}takes ${step.estimate}`]),
    ...(step.targets.length > 0 ? [`${indent}touches ${step.targets.join(', ')}`] : []),
    ...(step.confirm
      ? [
          `${indent}asks: ${step.confirm.text}${step.confirm.type === undefined ? '' : ` (type ${step.confirm.type})`}`,
          ...step.confirm.touches.map(line => `${indent}  · ${line}`),
        ]
      : []),
    ...(step.manual === undefined ? [] : [`${indent}by hand: ${step.manual}`]),
    ...(step.stopCost ? [`${indent}stopping after it: ${step.stopCost}`] : []),
  ]
}

function forecastWord(step: PlannedStep): string {
  if (step.skipped !== undefined) return `left out: ${step.skipped}`
  if (step.readOnly) return 'only reads'
  return step.forecast === 'done' ? 'nothing to do' : step.forecast
}

function startLine(plan: Plan): string {
  if (plan.start.kind === 'none') return `Starts without a question: ${plan.start.reason}.`
  if (plan.start.kind === 'yes') return `Needs a yes to start: ${plan.start.reason}.`
  return `Needs ${JSON.stringify(plan.start.text)} typed to start: ${plan.start.reason}.`
}
