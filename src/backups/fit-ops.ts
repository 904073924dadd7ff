import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {OpsContext} from './context.ts'
import type {Fit} from './fit.ts'
import type {CopyPlace, MissingGlobals} from './methods/method.ts'
import type {DrillRecord} from './records.ts'
import {requireGlobals} from './read-globals.ts'
import {requireWhole} from './whole.ts'
import type {ScratchServer} from './scratch.ts'

/** What is certain before a restore begins, of a server that can take it. */
export interface Suitable extends Pick<Fit, 'as' | 'where' | 'notes'> {
  /** What `createGlobals` will make; nothing unless that was asked for. */
  readonly missing: MissingGlobals
}

/** Whether a server can take a backup, and what makes it able to. */
export interface FitOps {
  /** Compares roles, extensions, tablespaces, versions, rights and disk with the configured server. Changes nothing. */
  fit(id: string): Promise<Fit>
  /**
   * Raises `backup/unfit` with all that stands in the way, and the commands that change it. With `globals`, roles and
   * tablespaces may be missing as far as the backup holds them. `alone`: not all of its rows are wanted, so it says nothing of
   * the disk.
   */
  requireFit(id: string, options: {readonly globals: boolean; readonly alone?: boolean}): Promise<Suitable>
  /** Makes the roles and tablespaces of a backup that the server has not; others stay as they are. */
  createGlobals(id: string, place?: Pick<CopyPlace, 'scratch'>): Promise<MissingGlobals>
  /** As whom and where a drill ran, and what would differ on the configured server. */
  drillWorld(id: string, scratch: ScratchServer): Promise<NonNullable<DrillRecord['world']>>
}

const NOTHING: MissingGlobals = {roles: [], tablespaces: []}

export function createFitOps(context: OpsContext): FitOps {
  const {catalog, tools, method} = context
  const fit = async (id: string, place: Pick<CopyPlace, 'scratch'> = {}, alone = false): Promise<Fit> => {
    const {manifest} = await catalog.manifest(id, tools.signal)
    return escaped(await method.fit(alone ? {...manifest, databaseBytes: 0} : manifest, place, tools.signal))
  }
  return {
    fit: id => fit(id),
    createGlobals: (id, place = {}) => createGlobalsOf(context, id, place),
    async requireFit(id, {globals, alone}) {
      if (alone !== true) requireWhole((await catalog.manifest(id, tools.signal)).manifest)
      const found = await fit(id, {}, alone)
      const missing = globals ? await missingGlobals(context, id) : NOTHING
      const inWay = found.misfits.filter(({byGlobals}) => !(globals && byGlobals))
      if (inWay.length > 0) throw unfit(id, found, inWay)
      return {as: found.as, where: found.where, notes: found.notes, missing}
    },
    async drillWorld(id, scratch) {
      const there = await fit(id, {scratch})
      const differs = await fit(id).then(
        real => [...real.misfits.map(({what}) => what), ...real.notes].map(text => escapeLine(text, 300)),
        (error: unknown) => [escapeLine(`the server was not asked: ${messageOf(error)}`, 300)],
      )
      return {as: there.as, where: `a scratch server of this host, ${there.where}`, real: context.source.what, differs}
    },
  }
}

function unfit(id: string, {as, where}: Fit, misfits: Fit['misfits']): OpsError {
  const commands = misfits.flatMap(misfit => misfit.commands)
  const hint = [
    ...(misfits.some(({byGlobals}) => byGlobals)
      ? ['`-p globals=true` makes missing roles and tablespaces as the backup has them, passwords included.']
      : []),
    ...(commands.length === 0 ? [] : ['What makes it fit, to be pasted there by whoever may:', ...commands]),
  ]
  return new OpsError(
    'backup/unfit',
    `${where} cannot take backup ${id} as ${as}: ${misfits.map(({what}) => what).join('; ')}`,
    hint.length === 0 ? {} : {hint: hint.join('\n  ')},
  )
}

/** Names are those of roles, settings and functions: whatever characters somebody gave them. */
const escaped = (found: Fit): Fit => ({
  as: escapeLine(found.as, 200),
  where: escapeLine(found.where, 200),
  notes: found.notes.map(note => escapeLine(note, 300)),
  misfits: found.misfits.map(({what, commands, byGlobals}) => ({
    what: escapeLine(what, 300),
    commands: commands.map(command => escapeLine(command, 1000)),
    byGlobals,
  })),
})

async function globalsText({catalog, access, tools}: OpsContext, id: string): Promise<string> {
  const {storage} = catalog
  const found = await catalog.manifest(id, tools.signal)
  return requireGlobals(found, {storage, identity: await access.identity(), signal: tools.signal})
}

async function missingGlobals(context: OpsContext, id: string): Promise<MissingGlobals> {
  if (context.method.missingGlobals === undefined) return NOTHING
  return context.method.missingGlobals(await globalsText(context, id), {}, context.tools.signal)
}

async function createGlobalsOf(
  context: OpsContext,
  id: string,
  place: Pick<CopyPlace, 'scratch'>,
): Promise<MissingGlobals> {
  const {method, tools, catalog} = context
  const {globals} = (await catalog.manifest(id, tools.signal)).manifest
  if (method.createGlobals === undefined || globals === null || !('file' in globals)) return NOTHING
  const text = await globalsText(context, id)
  return tools.act(
    `create the roles and tablespaces of ${globals.file} that are missing`,
    async signal => {
      const made = (await method.createGlobals?.(text, place, signal)) ?? NOTHING
      for (const role of made.roles) tools.log(`created role ${escapeLine(role, 100)}`)
      for (const tablespace of made.tablespaces) tools.log(`created tablespace ${escapeLine(tablespace, 100)}`)
      return made
    },
    NOTHING,
  )
}
