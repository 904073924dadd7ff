import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {quotePosix} from '../text/quote-posix.ts'
import type {ReleaseContext} from './context.ts'
import {fillArgv} from './fill-argv.ts'

/** Two versions: the way back goes from one to the other. */
export interface VersionStep {
  readonly from: string
  readonly to: string
}

/** What the project's own check says of the way back. */
export interface SchemaVerdict {
  readonly fits: boolean
  /** Which command said so, in words. */
  readonly reason: string
}

/** The down-migration that would be run, and what it says it would do. */
export interface DownMigration {
  readonly command: string
  readonly preview: readonly string[]
}

/** What a project's own migration tool is asked and told. */
export interface MigrationOps {
  /**
   * What the project's own check says: whether `to` runs with the schema and configuration that `from` needs. Undefined where no
   * check is configured. Only reads.
   */
  schemaFits(step: {readonly from: string; readonly to: string | undefined}): Promise<SchemaVerdict | undefined>
  /** The down-migration between two versions, and what it says it would do. Raises `release/not-ready` where there is none. Only reads. */
  downMigration(step: VersionStep): Promise<DownMigration>
  /** Takes the database back. Nothing calls it by itself. */
  migrateDown(step: VersionStep): Promise<void>
}

export const migrationOps = (context: ReleaseContext): MigrationOps => ({
  schemaFits: step => schemaFits(context, step),
  downMigration: step => downMigration(context, step),
  migrateDown: step => migrateDown(context, step),
})

const LINES_SHOWN = 40

/** See `MigrationOps.schemaFits`. What the check prints goes to the log: it may differ each time. */
export async function schemaFits(
  context: ReleaseContext,
  {from, to}: {readonly from: string; readonly to: string | undefined},
): Promise<SchemaVerdict | undefined> {
  const check = context.config.migrations?.check
  if (check === undefined || to === undefined) return undefined
  const argv = fillArgv(check, {from, to})
  const {exitCode, stdout, stderr} = await read(context, argv)
  for (const line of linesOf(`${stdout}\n${stderr}`)) context.tools.log(line)
  const fits = exitCode === 0
  return {
    fits,
    reason: `${textOf(argv)} says that ${to} ${fits ? 'runs' : 'does not run'} with the schema and configuration of ${from}`,
  }
}

/** See `MigrationOps.downMigration`. Raises `release/not-ready` where none is configured, or its preview fails. */
export async function downMigration(context: ReleaseContext, step: VersionStep): Promise<DownMigration> {
  const {down, preview} = context.config.migrations ?? {}
  if (down === undefined)
    throw new OpsError('release/not-ready', `${context.config.name} has no down-migration`, {
      hint: 'Give the command as migrations: down: of the release, or take the database back by hand.',
    })
  const command = textOf(fillArgv(down, {...step}))
  if (preview === undefined) return {command, preview: []}
  const argv = fillArgv(preview, {...step})
  const {exitCode, stdout, stderr} = await read(context, argv)
  const lines = linesOf(`${stdout}\n${stderr}`)
  if (exitCode !== 0)
    throw new OpsError(
      'release/not-ready',
      `what the down-migration would do cannot be shown: ${textOf(argv)} ended with ${exitCode}: ${lines.slice(-3).join(' ')}`,
    )
  return {command, preview: lines}
}

/** See `MigrationOps.migrateDown`. */
export async function migrateDown(context: ReleaseContext, step: VersionStep): Promise<void> {
  const {tools, config, directory} = context
  const argv = fillArgv(config.migrations?.down ?? [], {...step})
  const output = await tools.act(
    textOf(argv),
    async signal => {
      const {stdout, stderr} = await tools.exec(argv, {...placeOf(directory), signal, timeoutMs: timeoutOf(context)})
      return `${stdout}\n${stderr}`
    },
    '',
  )
  for (const line of linesOf(output)) tools.log(line)
}

const read = (context: ReleaseContext, argv: readonly string[]) =>
  context.tools.exec(argv, {
    ...placeOf(context.directory),
    signal: context.tools.signal,
    timeoutMs: timeoutOf(context),
    anyExit: true,
  })

const placeOf = (directory: string | undefined): {readonly cwd?: string} =>
  directory === undefined ? {} : {cwd: directory}
const timeoutOf = ({config}: ReleaseContext): number => config.migrations?.timeout ?? 0
const textOf = (argv: readonly string[]): string => argv.map(quotePosix).join(' ')

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(0, LINES_SHOWN)
    .map(line => escapeLine(line, 300))
