import type {RunState} from '../../runbooks/state.ts'

const FAILED = new Set(['failed', 'aborted', 'unknown', 'undo failed', 'undone'])

/** The run as JUnit XML: one test case a step. */
export function junitXml(state: RunState): string {
  const name = `${state.plan?.runbook ?? 'run'} ${state.plan?.environment ?? ''}`.trim()
  const failures = state.steps.filter(view => FAILED.has(view.state)).length
  const skipped = state.steps.filter(view => view.state === 'skipped' || view.state === 'pending').length
  const cases = state.steps.map(view => {
    const open = `    <testcase classname="${xml(name)}" name="${xml(view.step.title)}" time="${seconds(view.durationMs)}"`
    if (FAILED.has(view.state))
      return `${open}>\n      <failure type="${xml(view.state)}" message="${xml(view.reason || (view.state === 'undone' ? `done, then undone: ${state.endReason}` : view.state))}"/>\n    </testcase>`
    if (view.state === 'skipped' || view.state === 'pending')
      return `${open}>\n      <skipped message="${xml(view.reason || view.state)}"/>\n    </testcase>`
    return `${open}/>`
  })
  const whole =
    state.outcome === 'done' || failures > 0
      ? []
      : [
          `    <testcase classname="${xml(name)}" name="the run as a whole" time="${seconds(state.durationMs)}">\n      <failure type="${xml(state.outcome ?? 'not ended')}" message="${xml(state.endReason)}"/>\n    </testcase>`,
        ]
  const all = [...cases, ...whole]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${all.length}" failures="${failures + whole.length}" skipped="${skipped}" time="${seconds(state.durationMs)}">`,
    `  <testsuite name="${xml(name)}" id="${xml(state.run)}" tests="${all.length}" failures="${failures + whole.length}" skipped="${skipped}" time="${seconds(state.durationMs)}">`,
    ...all,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const seconds = (ms: number | undefined): string => ((ms ?? 0) / 1000).toFixed(3)

/** What XML 1.0 has no way to write, escaped or not. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** What XML reserves is escaped; what it forbids is named, as \ufffe is: U+FFFE. */
function xml(text: string): string {
  return text
    .replaceAll(
      FORBIDDEN,
      character => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;')
}
