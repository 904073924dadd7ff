import type {Danger} from '../../runbooks/define.ts'
import {RUNBOOK_KEYS, STEP_KEYS, unknownKey} from '../../runbooks/known-keys.ts'
import {forgottenCommands} from './forgotten-commands.ts'
import {commandProblems, commandTemplates, type ValueProblem} from './command-problems.ts'
import {type Literal, literalsOf, literalText} from './literals.ts'
import {type Comment, placeOf, scanSource} from './scan-source.ts'

export type FindingCode =
  | 'does-not-load'
  | 'duplicate-id'
  | 'here-document'
  | 'leading-dash'
  | 'no-confirm'
  | 'no-plan'
  | 'no-undo'
  | 'no-verify'
  | 'no-why'
  | 'not-awaited'
  | 'quoted-value'
  | 'read-again'
  | 'rerun-not-idempotent'
  | 'retries-not-idempotent'
  | 'unknown-key'

/** One thing a person should look at. Lines and columns count from 1. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly severity: 'error' | 'warning'
  readonly code: FindingCode
  readonly message: string
  readonly hint: string
}

/** What can be said about a runbook from its source alone. Pure. */
export function checkSource(file: string, source: string): readonly Finding[] {
  const {tokens, comments} = scanSource(source)
  const found: Finding[] = []
  const report: Report = (offset, severity, [code, message, hint]) =>
    void found.push({file, ...placeOf(source, offset), severity, code, message, hint})
  for (const template of commandTemplates(tokens)) {
    for (const problem of commandProblems(template))
      report(problem.offset, problem.code === 'leading-dash' ? 'warning' : 'error', wordsFor(problem))
  }
  for (const offset of forgottenCommands(tokens, source)) report(offset, 'error', NOT_AWAITED)
  const [runbook] = literalsOf(tokens, 'runbook')
  const steps = literalsOf(tokens, 'step')
  const danger = runbook && (literalText(runbook, 'danger') as Danger | undefined)
  if (runbook) checkKeys(runbook, 'a runbook', RUNBOOK_KEYS, report)
  for (const step of steps) {
    checkKeys(step, 'a step', STEP_KEYS, report)
    checkStep(step, danger, report)
  }
  checkIds(steps, report)
  if (danger === 'destructive') checkConfirms(runbook as Literal, steps, report)
  return withoutIgnored(found, comments, source).toSorted((a, b) => a.line - b.line || a.column - b.column)
}

type Words = readonly [code: FindingCode, message: string, hint: string]
type Report = (offset: number, severity: Finding['severity'], words: Words) => void

const NOT_AWAITED: Words = [
  'not-awaited',
  'nobody waits for this command',
  'Write `await` before it: what comes next would begin while it runs.',
]

function wordsFor({code, value: whole, command}: ValueProblem): Words {
  const value = `\${${short(whole)}}`
  switch (code) {
    case 'quoted-value':
      return [
        code,
        `${value} is inside quotes`,
        'Values are quoted for you: take the quotes away, or the command gets quotes within quotes.',
      ]
    case 'here-document':
      return [
        code,
        `${value} is in a here-document, where the quotes around it become part of the text`,
        'Give the text to standard input instead: $({input: text})`command`.',
      ]
    case 'read-again':
      return [
        code,
        `${command} makes a command line of ${value}: what is in it can become commands of its own`,
        command === 'ssh'
          ? 'Use hosts() or remoteShell(), which quote for the other side too.'
          : `Give values as arguments: bash -c 'command -- "$1"' bash ${value}.`,
      ]
    default:
      return [
        code,
        `${value} may begin with a dash, and ${command} would take it for an option`,
        'Put -- before it, if the command knows that, or ./ before a path.',
      ]
  }
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)

/** What is refused when the runbook is planned, at its place. */
function checkKeys(literal: Literal, what: string, known: readonly string[], report: Report): void {
  for (const [key, {offset}] of literal.properties) {
    const problem = /^\w+$/.test(key) ? unknownKey(what, {[key]: true}, known) : undefined
    if (problem !== undefined)
      report(offset, 'error', ['unknown-key', problem, 'A key that means nothing is refused by plan and run.'])
  }
}

function checkStep(step: Literal, danger: Danger | undefined, report: Report): void {
  const has = (key: string): boolean => step.properties.has(key)
  const at = (key: string): number => step.properties.get(key)?.offset ?? step.offset
  const name = literalText(step, 'id') ?? 'the step'
  const idempotent = (has('idempotent') && literalText(step, 'idempotent') !== 'false') || step.spread
  if (has('retries') && literalText(step, 'retries') !== '0' && !idempotent)
    report(at('retries'), 'error', [
      'retries-not-idempotent',
      `${name} is tried again, but does not say that running it twice is harmless`,
      'Say `idempotent: true` if it is; else take `retries` away.',
    ])
  if (literalText(step, 'onUnknown') === 'rerun' && !idempotent)
    report(at('onUnknown'), 'error', [
      'rerun-not-idempotent',
      `${name} is run again after a crash, but does not say that running it twice is harmless`,
      "Say `idempotent: true` if it is; else `onUnknown: 'recheck'` with a verify, or leave it out.",
    ])
  if (step.spread) return
  if (!has('why'))
    report(step.offset, 'warning', [
      'no-why',
      `${name} does not say why it is there`,
      'One sentence in `why`: whoever is asked at 03:12 decides with it.',
    ])
  if (danger === 'destructive' && has('run') && literalText(step, 'readOnly') !== 'true')
    checkChange(step, name, report)
}

/** In a destructive runbook. What is harmless to run twice settles itself after a crash, and asks nobody: it may pass. */
function checkChange(step: Literal, name: string, report: Report): void {
  const has = (key: string): boolean => step.properties.has(key)
  const idempotent = has('idempotent') && literalText(step, 'idempotent') !== 'false'
  if (!has('undo') && (!idempotent || has('confirm')))
    report(step.offset, 'warning', [
      'no-undo',
      `${name} changes something in a destructive runbook and cannot be undone`,
      'Give it an `undo`, or say above it why there is none: // runbook-check-ignore no-undo: REASON',
    ])
  if (!has('verify') && !idempotent)
    report(step.offset, 'warning', [
      'no-verify',
      `${name} changes something in a destructive runbook and nothing checks whether it worked`,
      'Give it a `verify`: it also settles the step by itself after a crash.',
    ])
}

function checkIds(steps: readonly Literal[], report: Report): void {
  const seen = new Set<string>()
  for (const step of steps) {
    const id = step.properties.get('id')?.value[0]?.kind === 'word' ? undefined : literalText(step, 'id')
    if (id === undefined) continue
    if (seen.has(id))
      report(step.properties.get('id')?.offset ?? step.offset, 'warning', [
        'duplicate-id',
        `another step has the id ${JSON.stringify(id)} too`,
        'Ids are unique in a plan. Ignore this if the two are never in the same one.',
      ])
    seen.add(id)
  }
}

function checkConfirms(runbook: Literal, steps: readonly Literal[], report: Report): void {
  const may = steps.some(step => step.spread || ['confirm', 'manual', 'mode'].some(key => step.properties.has(key)))
  if (may || steps.length === 0) return
  report(runbook.properties.get('danger')?.offset ?? runbook.offset, 'error', [
    'no-confirm',
    'the runbook is destructive, but no step asks before it acts',
    'Give the step that destroys something a `confirm` with the text to type.',
  ])
}

const IGNORE = /runbook-check-ignore\s+([a-z-]+(?:\s*,\s*[a-z-]+)*)/

/** `// runbook-check-ignore CODE: reason` in the same line or the one before. */
function withoutIgnored(found: readonly Finding[], comments: readonly Comment[], source: string): readonly Finding[] {
  const ignored = new Set<string>()
  for (const comment of comments) {
    const codes = IGNORE.exec(comment.text)?.[1]?.split(/\s*,\s*/) ?? []
    const {line} = placeOf(source, comment.start + comment.text.trimEnd().length)
    for (const code of codes) for (const at of [line, line + 1]) ignored.add(`${at} ${code}`)
  }
  return found.filter(({line, code}) => !ignored.has(`${line} ${code}`))
}
