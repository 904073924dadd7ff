import {escapeLine} from '../../text/escape.ts'
import {type Check, failed, ok} from '../../kinds/verdict.ts'
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
  if (broken.length === 0) return [ok('runbooks', `${rows.length} load, ${shipped} of them shipped`)]
  return broken.map(({name, problem = ''}) =>
    failed(`runbook ${name}`, escapeLine(problem), `\`opsconsole runbook check ${name}\` says where.`),
  )
}
