import {messageOf, OpsError} from '../../errors.ts'
import type {RunbookParam, RunbookRow} from '../../runbooks/rows.ts'
import {escapeText} from '../../text/escape.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {readBoundedText} from '../../files/bounded-file.ts'

export const command: Command = {
  name: 'runbook show',
  summary: 'Show a runbook: what it is for, its parameters, its text',
  arguments: [{name: 'runbook', required: true, completes: 'runbook', description: 'Name of the runbook'}],
  run: async ({args}, context) => {
    const rows = await context.engine().runbooks()
    const row = rows.find(candidate => candidate.name === args[0])
    if (!row)
      throw new OpsError('runbook/unknown', `there is no runbook ${JSON.stringify(args[0])}`, {
        hint: `There are: ${rows.map(each => each.name).join(', ') || 'none'}.`,
      })
    const source = escapeText(sourceOf(row))
    const head = [
      `${row.name} (${row.danger}): ${row.summary}`,
      ...(row.problem ? [`cannot be used: ${row.problem}`] : []),
      ...(row.description ? ['', row.description] : []),
    ]
    const params =
      row.params.length === 0
        ? ['It takes no parameters.']
        : [alignColumns(row.params.map(param => [`  ${param.name}`, wants(param), param.description]))]
    return {data: {...row, source}, text: [...head, '', ...params, '', `${row.file}:`, '', source].join('\n')}
  },
}

function wants(param: RunbookParam): string {
  const type = param.choices.length > 0 ? param.choices.join('|') : param.type
  return `${type}${param.required ? ', required' : param.fallback === undefined ? ', optional' : `, default ${param.fallback}`}${param.secret ? ', secret' : ''}`
}

/** One that cannot be read is said to be so above already. */
function sourceOf({file, problem}: RunbookRow): string {
  try {
    return readBoundedText(file)
  } catch (cause) {
    return problem === undefined ? messageOf(cause) : ''
  }
}
