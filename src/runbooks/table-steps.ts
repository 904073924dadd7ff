import type {LiveTable} from '../backups/tables/live.ts'
import type {Staged} from '../backups/tables/staged.ts'
import type {TablePlaces} from '../backups/tables/table-ops.ts'
import {step} from './define.ts'
import type {Step, StepContext} from './define.ts'

/** What the steps for single tables need to know, all of it from the facts of their runbook. */
export interface TableRestore {
  readonly run: string
  /** The configured backup, where it is, and which one of it. */
  readonly name: string
  readonly location: string
  readonly chosen: {readonly id: string; readonly takenAt: number}
  readonly database: string
  readonly server: string
  readonly tables: readonly LiveTable[]
  /** Whether they take the live ones' place. */
  readonly swap: boolean
}

const stagedOf = (saved: StepContext['saved']): Staged => saved['staged'] as Staged
const momentOf = ({chosen}: TableRestore): string => new Date(chosen.takenAt).toISOString()
const shownOf = ({tables}: TableRestore): string => tables.map(({shown}) => shown).join(', ')
/** As the names of a run end; a long one is cut before it, see `tablePlaces`. */
const tailOf = ({run}: TableRestore): string => run.toLowerCase().replace(/[^a-z0-9]+/g, '_')
const copyOf = (about: TableRestore): string => `${about.database}_restore_${tailOf(about)}`

/**
 * Brings single tables of a backup back: alone into a database of their own, compared with the manifest; from there into a
 * schema of their own beside the live ones, compared again; and in their place where that is wanted.
 */
export const tableSteps = (about: TableRestore): readonly Step[] => [
  safetyStep(about),
  copyStep(about),
  besideStep(about),
  swapStep(about),
  removeStep(about),
]

const safetyStep = (about: TableRestore): Step =>
  step({
    id: 'safety',
    title: `Back up database ${about.database} as it is now`,
    why: 'Whatever is wrong with it, it may hold what nobody else has',
    targets: [`database ${about.database}`, about.location],
    when: {ok: about.swap, reason: 'no live table is written to (swap=true)'},
    timeout: '6h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, save}) => {
      const backup = ops.backup(about.name)
      const {id} = await backup.create('safety')
      save('safety', id)
      await backup.requireSound(id)
      if (id !== 'dry-run') await backup.hold(id, {by: 'restore', reason: `safety backup of run ${about.run}`})
    },
  })

const copyStep = (about: TableRestore): Step =>
  step({
    id: 'copy',
    title: `Restore ${shownOf(about)} alone into a new database on ${about.server}`,
    why: 'Apart from the live one; number and checksum of its rows are compared with the manifest there',
    targets: [`database ${copyOf(about)}`],
    timeout: '12h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, save, log}) => {
      const backup = ops.backup(about.name)
      const database = backup.swapNames(about.database, about.run).restored
      const staged = await backup.stageTables(about.chosen.id, about.tables, {database, run: about.run})
      save('staged', staged)
      save('places', backup.tablePlaces(about.tables, about.run))
      log(staged.proof)
    },
    undo: async ({ops}) => {
      const backup = ops.backup(about.name)
      await backup.dropCopy({database: backup.swapNames(about.database, about.run).restored})
    },
  })

const besideStep = (about: TableRestore): Step =>
  step({
    id: 'beside',
    title: `Bring ${about.tables.length === 1 ? 'it' : 'them'} into database ${about.database}, beside the live tables`,
    why: 'In a schema that only its owner may enter, without foreign keys, so that nothing has to wait for it',
    targets: about.tables.map(table => `schema ${table.schema}_restored_${tailOf(about)} of ${about.database}`),
    timeout: '12h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, saved}) => {
      const backup = ops.backup(about.name)
      const database = backup.swapNames(about.database, about.run).restored
      await backup.bringTables(stagedOf(saved), {database, run: about.run})
    },
    undo: async ({ops, saved}) => {
      if (saved['staged'] !== undefined) await ops.backup(about.name).dropBrought(stagedOf(saved).members, about.run)
    },
  })

/** What a person must know before they say yes, a line for each thing that is touched. */
function touchesOf(about: TableRestore): readonly string[] {
  return about.tables.flatMap(({schema, shown, live, foreignKeys}) =>
    live === 'gone'
      ? [`${shown}, which is gone, is there again, with its indexes, privileges, triggers, policies and foreign keys`]
      : [
          `the rows of ${shown} become those of ${momentOf(about)}; those of now are kept in schema ${schema}_before_${tailOf(about)}`,
          `whoever writes to ${shown} waits${foreignKeys.length === 0 ? '' : ', and whoever reads it'}; columns, indexes, privileges, triggers, policies and views stay those of now`,
          ...foreignKeys.map(key => `foreign key ${key} is taken off and put back, checked`),
        ],
  )
}

const swapStep = (about: TableRestore): Step =>
  step({
    id: 'swap',
    title: `Put ${about.tables.length === 1 ? 'it' : 'them'} in the place of the live ${about.tables.length === 1 ? 'table' : 'tables'}`,
    why: 'One transaction: all of it, or nothing; a row that breaks a foreign key ends it',
    targets: about.tables.map(({shown}) => `table ${shown} of ${about.database}`),
    when: {ok: about.swap, reason: 'it stays beside the live one (swap=true)'},
    confirm: {
      text: `Replace ${shownOf(about)} in ${about.database} on ${about.server} by what was there at ${momentOf(about)}?`,
      touches: touchesOf(about),
      type: about.database,
    },
    timeout: '12h',
    onUnknown: 'recheck',
    check: async ({ops}) =>
      (await ops.backup(about.name).tablesState(about.tables, about.run)) === 'swapped' ? 'done' : 'would change',
    run: async ({ops, saved, save, log}) => {
      const backup = ops.backup(about.name)
      const said = await backup.swapTables(about.tables, stagedOf(saved), about.run)
      for (const line of said) log(line)
      save('said', said)
    },
    verify: async ({ops}) => {
      const backup = ops.backup(about.name)
      const state = backup.dryRun ? 'swapped' : await backup.tablesState(about.tables, about.run)
      return {ok: state === 'swapped', reason: `the tables are ${state}`}
    },
    undo: async ({ops, saved}) => ops.backup(about.name).swapTablesBack(about.tables, stagedOf(saved), about.run),
  })

const removeStep = (about: TableRestore): Step =>
  step({
    id: 'remove',
    title: 'Remove the database that the tables came through',
    why: 'It has done its work',
    targets: [`database ${copyOf(about)}`],
    timeout: '30m',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, saved}) => {
      const backup = ops.backup(about.name)
      if (about.swap) await backup.dropBrought(stagedOf(saved).members, about.run)
      await backup.dropCopy({database: backup.swapNames(about.database, about.run).restored})
    },
  })

/** What is there now, and how it is removed. */
export function tableAfterwards(about: TableRestore, saved: StepContext['saved']): readonly string[] {
  const {tables, database} = about
  const {beside = [], kept = [], dropBeside = '', dropKept = ''} = (saved['places'] ?? {}) as Partial<TablePlaces>
  if (!about.swap)
    return [
      ...tables.map(({shown}, at) => `${shown} as of ${momentOf(about)} is ${beside[at]} in database ${database}.`),
      `When it is not needed any more: ${dropBeside}`,
    ]
  const exchanged = tables.some(({live}) => live === 'there')
  const safety = saved['safety'] as string | undefined
  return [
    ...((saved['said'] ?? []) as readonly string[]),
    ...tables.flatMap(({shown, live}, at) =>
      live === 'there' ? [`The rows that ${shown} had are kept in ${kept[at]}.`] : [],
    ),
    ...(exchanged ? [`When nobody misses anything in them: ${dropKept}`] : []),
    ...(safety === undefined
      ? []
      : [`The safety backup ${safety} is under hold: opsconsole backup hold ${safety} --release.`]),
    `What was written to ${shownOf(about)} after ${momentOf(about)} is not in ${tables.length === 1 ? 'it' : 'them'} now.`,
  ]
}
