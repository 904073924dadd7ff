import path from 'node:path'
import {EXIT, messageOf, OpsError, toOpsError} from '../../errors.ts'
import {checkSource, type Finding, type FindingCode} from '../../authoring/check/check-source.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command, CommandInput, CommandResult, CommandContext} from '../command.ts'
import {readBoundedText} from '../../files/bounded-file.ts'

export const command: Command = {
  name: 'runbook check',
  summary: 'Find mistakes in runbooks before they are run',
  help: 'Looks at the source, and loads it: values inside quotes or here-documents, read again by a second shell or taken for options, commands that nobody waits for, steps without a reason, retries of steps that may not be repeated, destructive runbooks that do not ask, cannot be undone or are not verified. With --plan the facts are read and a plan is made too, which changes nothing.\n\nA finding is silenced by `// runbook-check-ignore CODE: reason` in its line or the one before. Exit code 1 when there is an error.',
  arguments: [
    {
      name: 'runbook',
      required: false,
      variadic: true,
      completes: 'runbook',
      description: 'Names of runbooks; all of them when left out',
    },
  ],
  flags: {
    plan: {type: 'boolean', description: 'Also make a plan of each, where parameters have defaults'},
    strict: {type: 'boolean', description: 'Warnings count as errors'},
  },
  run: checkRunbooks,
}

async function checkRunbooks({args, flags}: CommandInput, context: CommandContext): Promise<CommandResult> {
  const rows = chosen(await context.engine().runbooks(), args)
  const findings: Finding[] = []
  const notPlanned: NotPlanned[] = []
  for (const row of rows) {
    findings.push(...checkFile(row))
    if (flags['plan'] !== true || row.problem !== undefined) continue
    const needs = row.params.filter(param => param.required).map(param => param.name)
    if (needs.length > 0) notPlanned.push({name: row.name, needs})
    else findings.push(...(await checkPlan(row, context)))
  }
  const failing = findings.filter(({severity}) => severity === 'error' || flags['strict'] === true)
  return {
    data: {runbooks: rows.map(({name, file}) => ({name, file})), findings, notPlanned},
    text: [...findings.map(findingText), ...notPlannedText(notPlanned), summaryText(rows.length, findings)].join('\n'),
    exitCode: failing.length > 0 ? EXIT.failed : EXIT.done,
  }
}

function chosen(rows: readonly RunbookRow[], names: readonly string[]): readonly RunbookRow[] {
  const unknown = names.filter(name => !rows.some(row => row.name === name))
  if (unknown.length > 0)
    throw new OpsError(
      'runbook/unknown',
      `there is no runbook ${unknown.map(name => JSON.stringify(name)).join(', ')}`,
      {
        hint: `There are: ${rows.map(row => row.name).join(', ') || 'none'}.`,
      },
    )
  return names.length === 0 ? rows : rows.filter(row => names.includes(row.name))
}

function checkFile(row: RunbookRow): readonly Finding[] {
  const found = (): readonly Finding[] => {
    try {
      return checkSource(shownFile(row), readBoundedText(row.file))
    } catch (error) {
      return [whole(row, 'does-not-load', messageOf(error), '')]
    }
  }
  return row.problem === undefined
    ? found()
    : [whole(row, 'does-not-load', row.problem, 'Nothing of it can be run until it loads.'), ...found()]
}

/** A plan as it would be made now. Reads the world, changes nothing. */
async function checkPlan(row: RunbookRow, context: CommandContext): Promise<readonly Finding[]> {
  try {
    await context.engine().plan({runbook: row.name, environment: context.environmentName, params: {}}, context.signal)
    return []
  } catch (error) {
    context.signal.throwIfAborted()
    const {code, message, hint} = toOpsError(error)
    const twice = message.includes('two steps have this id')
    return [whole(row, twice ? 'duplicate-id' : 'no-plan', `${message} [${code}]`, hint ?? '')]
  }
}

/** A runbook of which no plan was made, and the parameters that only a person can give. */
interface NotPlanned {
  readonly name: string
  readonly needs: readonly string[]
}

const notPlannedText = (left: readonly NotPlanned[]): readonly string[] =>
  left.map(
    ({name, needs}) => `${name}: not planned, it needs ${needs.join(', ')}; try \`opsconsole plan ${name}\` with -p`,
  )

const whole = (row: RunbookRow, code: FindingCode, message: string, hint: string): Finding => ({
  file: shownFile(row),
  line: lineOf(row, message),
  column: 1,
  severity: 'error',
  code,
  message,
  hint,
})

/** The line that a problem names in the runbook's own file; else the first. */
function lineOf({file}: RunbookRow, message: string): number {
  const rest = message.startsWith(`${file}:`) ? message.slice(file.length + 1) : ''
  return Number(/^\d+/.exec(rest)?.[0] ?? 1)
}

/** As a person would type it from here. */
function shownFile(row: RunbookRow): string {
  const relative = path.relative(process.cwd(), row.file)
  return relative.startsWith('..') ? row.file : relative
}

function findingText({file, line, column, severity, code, message, hint}: Finding): string {
  const head = `${escapeLine(file)}:${line}:${column}: ${severity}: ${escapeLine(message)} [${code}]`
  return hint === '' ? head : `${head}\n    ${escapeLine(hint)}`
}

function summaryText(runbooks: number, findings: readonly Finding[]): string {
  const errors = findings.filter(({severity}) => severity === 'error').length
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
  return `${count(runbooks, 'runbook')}: ${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`
}
