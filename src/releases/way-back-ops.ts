import {escapeLine} from '../text/escape.ts'
import {quotePosix} from '../text/quote-posix.ts'
import type {ReleaseContext} from './context.ts'
import {fillArgv} from './fill-argv.ts'
import {startable} from './startable.ts'
import type {Startable} from './instances/startable.ts'
import type {VersionStep} from './migrations.ts'
import {leftOf, noteRestorePointOf} from './remember.ts'
import type {ReleasePoint} from './restore-point-schema.ts'

/** Of which backup one is wanted before a deploy, and why. */
export interface WantedPoint {
  readonly backup: string
  readonly reason: string
}

/** What is asked and noted of the way back before a deploy. */
export interface WayBackOps {
  /**
   * Whether a version could be started again on a slot when it does not run there any more: its artefact or image is
   * there. `ok` undefined: nobody can tell without starting it. Only reads.
   */
  startable(slot: string, version: string): Promise<Startable>
  /**
   * Of which backup a restore point is to be made before this deploy. Undefined where none is configured, or the project's
   * own `migrations: pending:` says that nothing is migrated. Only reads.
   */
  wantedRestorePoint(step: VersionStep): Promise<WantedPoint | undefined>
  /** Remembers what was made before this deploy, for the way back. */
  noteRestorePoint(point: Omit<ReleasePoint, 'at' | 'run'>): Promise<void>
  /** What was made before the deploy that led from `to` to `from`, with the command that restores it. */
  restorePointOf(step: VersionStep): (ReleasePoint & {readonly command: string}) | undefined
}

export const wayBackOps = (context: ReleaseContext): WayBackOps => ({
  startable: (slot, version) => startable(context, slot, version),
  wantedRestorePoint: step => wanted(context, step),
  noteRestorePoint: point => noteRestorePointOf(context, point),
  restorePointOf: ({from, to}) => {
    const {restorePoint} = leftOf(context)
    return restorePoint === null || restorePoint.from !== to || restorePoint.to !== from
      ? undefined
      : {...restorePoint, command: restoreCommand(restorePoint, context.tools.environment.name)}
  },
})

async function wanted({config, tools, directory}: ReleaseContext, step: VersionStep): Promise<WantedPoint | undefined> {
  const {restorePoint: backup, pending, timeout: timeoutMs = 0} = config.migrations ?? {}
  if (backup === undefined) return undefined
  if (pending === undefined) return {backup, reason: 'nothing says whether this deploy migrates the database'}
  const argv = fillArgv(pending, {...step})
  const place = directory === undefined ? {} : {cwd: directory}
  const {exitCode, stderr} = await tools.exec(argv, {...place, signal: tools.signal, timeoutMs, anyExit: true})
  const words = argv.map(quotePosix).join(' ')
  if (exitCode === 1) return undefined
  if (exitCode === 0) return {backup, reason: `${words} says that this deploy migrates the database`}
  tools.log(`${words} ended with ${exitCode}: ${escapeLine(stderr.trim(), 300)}`)
  return {backup, reason: `${words} does not say whether this deploy migrates the database`}
}

/** For a person: it asks for the name of the database, and keeps what was written since beside it. */
const restoreCommand = ({backup, kind, name}: ReleasePoint, environment: string): string =>
  kind === 'copy'
    ? `opsconsole run restore -e ${environment} -p backup=${backup} -p id=${name}`
    : `opsconsole run restore-pitr -e ${environment} -p backup=${backup} -p point=${name}`
