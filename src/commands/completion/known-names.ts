import {entriesOf, kinds} from '../../config/kinds.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import {sleep} from '../../units/clock.ts'
import type {CommandContext} from '../command.ts'
import type {Names} from './complete.ts'

type Context = Pick<CommandContext, 'config' | 'engine' | 'runbookNames' | 'snapshot' | 'environmentName'>

/** A shell waits while it is asked: what is not known by then is not offered. */
const WITHIN_MS = 1000

/** Names and ids of what is kept; nothing is probed, no runbook is loaded. What cannot be read has no names. */
export function knownNames(context: Context): Names {
  return async kind => {
    const late = sleep(WITHIN_MS).then(() => [])
    const names = await Promise.race([namesOf(kind, context), late]).catch(() => [])
    return names.filter(isTypable)
  }
}

/** A name with a line break or a control character could be taken for more than a name. */
const isTypable = (name: string): boolean => name !== '' && !/\p{C}|\p{Zl}|\p{Zp}/u.test(name)

async function namesOf(kind: Parameters<Names>[0], context: Context): Promise<readonly string[]> {
  switch (kind) {
    case 'environment':
      return context.config().environments.map(({name}) => name)
    case 'backup':
    case 'cache':
    case 'schedule':
    case 'heartbeat':
      return entryNames(context, kind)
    case 'cache event':
      return here(context, context.config().caches).flatMap(({events}) => Object.keys(events))
    case 'channel':
      return context.config().alerts.channels.map(({name}) => name)
    case 'parameter':
      return kinds.flatMap(({target}) => entryNames(context, target).map(name => `${target}=${name}`))
    case 'runbook':
      return context.runbookNames()
    case 'run':
      return (await kept(context)).runs.map(({id}) => id)
    case 'alert':
      return (await kept(context)).alerts.filter(({state}) => state !== 'resolved').map(({id}) => id)
    case 'backup id':
      return (await kept(context)).backups.flatMap(({entries}) => entries.map(({id}) => id))
    case 'lock':
      return (await context.engine().locks()).locks.map(({lock}) => lock)
    default:
      return []
  }
}

const kept = ({snapshot}: Context): Promise<Snapshot> => snapshot('kept')

function entryNames(context: Context, target: string): readonly string[] {
  const config = context.config()
  return kinds
    .filter(kind => kind.target === target)
    .flatMap(kind => here(context, entriesOf(config, kind)).map(({name}) => name))
}

/** Of the environment that the line names, or of all. */
const here = <Of extends {readonly environment: string}>(
  {environmentName}: Context,
  all: readonly Of[],
): readonly Of[] =>
  environmentName === undefined ? all : all.filter(({environment}) => environment === environmentName)
