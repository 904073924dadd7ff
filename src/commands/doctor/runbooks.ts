import {escapeLine} from '../../text/escape.ts'
import {type Check, failed, ok} from '../../kinds/verdict.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import type {CommandContext} from '../command.ts'

/** Every runbook is loaded, the shipped ones too: one that cannot be is found now and not when it is needed. */
export async function checkRunbooks(context: CommandContext): Promise<readonly Check[]> {
  const rows = await context.engine().runbooks()
  const broken = rows.filter(({problem}) => problem !== undefined)
  const shipped = rows.filter(each => each.shipped).length
  if (shipped === 0)
    return [
      failed(
        'runbooks',
        'the shipped runbooks are not there',
        'Install opsconsole again; a checkout is built with `npm run build`.',
      ),
    ]
  const wrong = startedByThemselves(context).flatMap(start => wrongStart(start, rows))
  if (broken.length === 0) return [ok('runbooks', `${rows.length} load, ${shipped} of them shipped`), ...wrong]
  return [
    ...wrong,
    ...broken.map(({name, problem = ''}) =>
      failed(`runbook ${name}`, escapeLine(problem), `\`opsconsole runbook check ${name}\` says where.`),
    ),
  ]
}

interface Start {
  readonly of: string
  readonly runbook: string
  readonly params: readonly string[]
}

/** What schedules and policies start, and rules suggest, by the configuration; none where it cannot be read, which another check says. */
function startedByThemselves({config}: CommandContext): readonly Start[] {
  try {
    const {schedules, alerts} = config()
    return [
      ...schedules.map(({name, runbook, params}) => ({of: `schedule ${name}`, runbook, params: Object.keys(params)})),
      ...alerts.rules.flatMap(({name, runbook}) =>
        runbook === undefined
          ? []
          : [{of: `rule ${name}`, runbook: runbook.name, params: Object.keys(runbook.params ?? {})}],
      ),
      ...alerts.auto.flatMap(({name, runbook}) =>
        runbook === undefined
          ? []
          : [{of: `policy ${name}`, runbook: runbook.name, params: Object.keys(runbook.params)}],
      ),
    ]
  } catch {
    return []
  }
}

function wrongStart({of, runbook, params}: Start, rows: readonly RunbookRow[]): readonly Check[] {
  const row = rows.find(({name}) => name === runbook)
  if (row === undefined)
    return [failed(of, `there is no runbook ${runbook}`, 'See `opsconsole runbook list` for the names.')]
  if (row.problem !== undefined) return []
  const known = row.params.map(({name}) => name)
  const unknown = params.filter(name => !known.includes(name))
  const missing = row.params.filter(({name, required}) => required && !params.includes(name)).map(({name}) => name)
  const wrong = [
    unknown.length === 0 ? '' : `${runbook} has no parameter ${unknown.join(', ')}`,
    missing.length === 0 || of.startsWith('rule') ? '' : `${runbook} needs ${missing.join(', ')}`,
  ].filter(Boolean)
  return wrong.length === 0 ? [] : [failed(of, wrong.join('; '), `See \`opsconsole runbook show ${runbook}\`.`)]
}
