import {messageOf} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import {escapeLine} from '../text/escape.ts'
import type {Catalog} from './catalog.ts'
import {type Globals, globalsName} from './manifest.ts'
import type {BackupMethod} from './methods/method.ts'
import type {BackupSource} from './source.ts'
import type {UnfinishedFile} from './storage/storage.ts'

export interface GlobalsOptions {
  readonly source: BackupSource
  readonly catalog: Catalog
  readonly method: BackupMethod
  readonly tools: Pick<OpsTools, 'signal' | 'clock' | 'log' | 'progress'>
}

/** Roles and other globals of a backup, taken while its data flow. */
export interface GlobalsBeside {
  /** The data have all the connections that they need: what is left may be used. */
  readonly begin: () => void
  /** After the data. Null when the method has none. */
  end(): Promise<Globals | null>
  /** There will be no backup. Nothing of them is being written when this resolves. */
  stop(): Promise<void>
}

/**
 * What stands in their way is said, in the log and the manifest, and does not stand in the way of the data. A role may have
 * too few connections for both: what failed beside the data is tried once more after them.
 */
export function globalsBeside(options: GlobalsOptions, id: string, log: (line: string) => void): GlobalsBeside {
  const own = new AbortController()
  const signal = AbortSignal.any([options.tools.signal, own.signal])
  const attempt = (): Promise<Globals | null> => takeGlobals(options, id, signal, log)
  let beside: Promise<Globals | null> | undefined
  return {
    begin() {
      beside ??= attempt()
      // Whoever waits for it is told; without this line Node would end the process before that.
      beside.catch(() => undefined)
    },
    async end() {
      const first = await beside
      const globals = first !== undefined && (first === null || !('missing' in first)) ? first : await attempt()
      if (globals !== null && 'missing' in globals)
        log(`warning: roles and other globals are not in this backup: ${globals.missing}`)
      return globals
    },
    async stop() {
      own.abort()
      await beside?.catch(() => undefined)
    },
  }
}

async function takeGlobals(
  {source, catalog, method, tools}: GlobalsOptions,
  id: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Globals | null> {
  if (method.takeGlobals === undefined) return null
  const name = globalsName(id)
  let file: UnfinishedFile | undefined
  try {
    file = await catalog.storage.begin(name, signal)
    const {recipients} = source.backup.encryption
    const stored = await method.takeGlobals({file, recipients}, {...tools, signal, log})
    await file.commit()
    log(`roles and other globals are with it, ${stored.passwords ? 'with' : 'without'} password hashes`)
    return {file: name, ...stored}
  } catch (cause) {
    await file?.abort()
    signal.throwIfAborted()
    return {missing: escapeLine(messageOf(cause), 300)}
  }
}
