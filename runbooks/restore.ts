import type {Ops, Step} from 'opsconsole'
import {backupLock, quoteName, runbook, step, tableAfterwards, tableSteps, z} from 'opsconsole'

const flag = (what: string) => z.stringbool().or(z.boolean()).default(false).describe(what)
const params = z.object({
  backup: z.string().optional().describe('Which backup configuration; optional when there is only one'),
  id: z.string().optional().describe('Which backup, by its id; the newest usable one when left out'),
  globals: flag('First make the roles and tablespaces of the backup that the server lacks'),
  table: z
    .string()
    .optional()
    .describe('Only these tables, beside the live ones: public.orders, or several with commas'),
  swap: flag('With table: put them in the place of the live ones, whose rows are kept'),
})

/** Only what must still be so when the run begins: sessions and sizes change every second. */
async function readFacts({ops, params}: {ops: Ops; params: Params}) {
  const backup = ops.backup(params.backup)
  const live = await backup.live()
  const chosen = await backup.pick(params.id === undefined ? 'newest' : {id: params.id})
  await backup.requireReady('restore', chosen.id)
  const {table} = params
  if (params.swap && table === undefined) throw new Error('swap=true is for tables: name them with table=…')
  return {
    fit: await backup.requireFit(chosen.id, {globals: params.globals, alone: table !== undefined}),
    // All of it when left out.
    ...(table === undefined ? {} : {tables: await backup.planTables(chosen.id, table, params)}),
    // A database when left out.
    ...(live.noun === undefined ? {} : {noun: live.noun}),
    name: backup.name,
    location: backup.location,
    database: live.name,
    server: live.server,
    exists: live.exists,
    chosen: {id: chosen.id, takenAt: chosen.takenAt, state: chosen.state, reason: chosen.reason},
  }
}
type Params = z.output<typeof params>
type Facts = Awaited<ReturnType<typeof readFacts>>

/** The words that the steps share. */
const namesOf = ({facts, run}: {facts: Facts; run: string}) => ({
  facts,
  run,
  moment: new Date(facts.chosen.takenAt).toISOString(),
  tail: run.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
  noun: facts.noun ?? 'database',
  live: `${facts.noun ?? 'database'} ${facts.database}`,
  there: {ok: facts.exists, reason: `${facts.noun ?? 'database'} ${facts.database} no longer exists`},
  gone: {ok: !facts.exists, reason: `${facts.noun ?? 'database'} ${facts.database} exists: it is swapped instead`},
})
type Names = ReturnType<typeof namesOf>

/** It is in a directory, and nobody has a session on it. */
const isPath = (noun: Names['noun']): boolean => noun === 'file' || noun === 'directory'

/** Before anything else is believed of it. */
const verifyStep = ({facts}: Names): Step =>
  step({
    id: 'verify',
    title: `Read backup ${facts.chosen.id} completely`,
    why: 'A truncated, altered or wrongly keyed backup must be known before anything is touched',
    targets: [`${facts.location}/${facts.chosen.id}`],
    timeout: '6h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops}) => void (await ops.backup(facts.name).requireSound(facts.chosen.id)),
  })

/** What was compared before anything is made; and, when it was asked for, what the server lacks. */
const serverSteps = ({facts}: Names): Step[] => {
  const {as, where, notes, missing} = facts.fit
  const names = [...missing.roles.map(name => `role ${name}`), ...missing.tablespaces.map(name => `tablespace ${name}`)]
  return [
    step({
      id: 'fit',
      title: `See that ${where} can take it, as ${as}`,
      why: notes.length === 0 ? 'What is missing there is known before anything is made' : notes.join('; '),
      targets: [facts.server],
      readOnly: true,
      run: async ({ops, log}) => {
        const options = {globals: names.length > 0, alone: facts.tables !== undefined}
        const found = await ops.backup(facts.name).requireFit(facts.chosen.id, options)
        for (const note of found.notes) log(`note: ${note}`)
      },
    }),

    // runbook-check-ignore no-undo: a role that somebody may use by then is not taken away again
    step({
      id: 'globals',
      title: `Make ${missing.roles.length} roles and ${missing.tablespaces.length} tablespaces of the backup`,
      why: 'Only what is missing: what is there keeps its password, rights and settings',
      targets: [facts.server],
      when: {ok: names.length > 0, reason: 'no role or tablespace is to be made (globals=true)'},
      confirm: {text: `Make what is missing on ${facts.server}?`, touches: names},
      timeout: '10m',
      idempotent: true,
      onUnknown: 'rerun',
      run: async ({ops}) => void (await ops.backup(facts.name).createGlobals(facts.chosen.id)),
    }),
  ]
}

/** A server that was empty is filled, and stays: where applications go is decided by who runs them. */
const fillSteps = ({facts}: Names): Step[] => [
  step({
    id: 'restore',
    title: `Fill ${facts.fit.where}`,
    why: 'It is empty, and is looked at again first; the server that was copied is not touched',
    targets: [facts.fit.where],
    confirm: {text: `Fill ${facts.fit.where}?`, touches: [facts.fit.where]},
    timeout: '12h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops}) => {
      const backup = ops.backup(facts.name)
      const place = {database: facts.fit.where}
      await backup.dropCopy(place)
      await backup.restore(facts.chosen.id, place)
    },
    // Only what this restore put there, and only until it was proved.
    undo: async ({ops}) => ops.backup(facts.name).dropCopy({database: facts.fit.where}),
  }),

  step({
    id: 'prove',
    title: 'Compare it with the manifest',
    why: 'Every key by database, type, name and time to live',
    targets: [facts.fit.where],
    timeout: '6h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, save}) => {
      const proof = await ops.backup(facts.name).requireEqual(facts.chosen.id, {database: facts.fit.where})
      save('proof', proof.reason)
    },
  }),

  step({
    id: 'answer',
    title: 'Write to it',
    why: 'As an application would',
    targets: [facts.fit.where],
    timeout: '2m',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops}) => void (await ops.backup(facts.name).firstWrite({database: facts.fit.where})),
  }),
]

/** Everything that leaves the live database alone. */
const copySteps = ({facts, run, tail, noun, live, there}: Names): Step[] => [
  step({
    id: 'safety',
    title: `Back up ${live} as it is now`,
    why: 'Whatever is wrong with it, it may hold what nobody else has',
    targets: [live, facts.location],
    when: there,
    timeout: '6h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, save}) => {
      const backup = ops.backup(facts.name)
      const {id} = await backup.create('safety')
      save('safety', id)
      await backup.requireSound(id)
      if (id !== 'dry-run') await backup.hold(id, {by: 'restore', reason: `safety backup of run ${run}`})
    },
  }),

  step({
    // runbook-check-ignore duplicate-id: a server that is filled has these steps instead of the others
    id: 'restore',
    title: `Restore into a new ${noun} ${isPath(noun) ? 'in' : 'on'} ${facts.server}`,
    why: 'Beside the live one, which nothing here writes to',
    targets: [`${noun} ${facts.database}_restore_${tail}`],
    timeout: '12h',
    idempotent: true,
    onUnknown: 'rerun',
    estimate: async ({ops}) => ops.backup(facts.name).restoreEstimate(facts.chosen.id, {database: facts.database}),
    run: async ({ops}) => {
      const backup = ops.backup(facts.name)
      const database = backup.swapNames(facts.database, run).restored
      await backup.dropCopy({database})
      await backup.restore(facts.chosen.id, {database})
      await backup.analyze({database})
    },
    undo: async ({ops}) => {
      const backup = ops.backup(facts.name)
      await backup.dropCopy({database: backup.swapNames(facts.database, run).restored})
    },
  }),

  step({
    // runbook-check-ignore duplicate-id: a server that is filled has these steps instead of the others
    id: 'prove',
    title: 'Compare the copy with the manifest',
    why: 'Every table by rows and checksum, and the declared checks: an exit code of 0 proves nothing',
    targets: [`${noun} ${facts.database}_restore_${tail}`],
    timeout: '6h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, save}) => {
      const backup = ops.backup(facts.name)
      const database = backup.swapNames(facts.database, run).restored
      const proof = await backup.requireEqual(facts.chosen.id, {database})
      save('proof', proof.reason)
    },
  }),
]

/** The change itself, and the proof that it holds. */
const swapSteps = ({facts, run, moment, tail, noun, live, there}: Names): Step[] => [
  step({
    id: 'swap',
    title: `Put the copy in the place of ${live}`,
    why:
      noun === 'file'
        ? 'One rename puts it there: there is a file of that name at every instant'
        : noun === 'directory'
          ? 'Two renames, one right after the other: for an instant nothing has that name'
          : 'Both renames are one transaction: there is always a database of that name',
    targets: [live],
    when: there,
    confirm: {
      text: isPath(noun)
        ? `Replace ${live} in ${facts.server} by its copy of ${moment}? Its service has to be stopped.`
        : `Replace ${live} on ${facts.server} by its copy of ${moment}? Sessions on it are ended.`,
      touches: [
        `${facts.database} becomes ${facts.database}_before_${tail}, with everything written since ${moment}`,
        `${facts.database}_restore_${tail} becomes ${facts.database}`,
      ],
      type: facts.database,
    },
    timeout: '5m',
    onUnknown: 'recheck',
    check: async ({ops}) => {
      const backup = ops.backup(facts.name)
      const state = await backup.swapState(backup.swapNames(facts.database, run))
      return state === 'swapped' ? 'done' : 'would change'
    },
    run: async ({ops, log, save}) => {
      const backup = ops.backup(facts.name)
      const names = backup.swapNames(facts.database, run)
      const {awayMs, terminated} = await backup.swap(names)
      save('removeKept', backup.removeKept(names))
      if (backup.dryRun) log('dry run: nothing was swapped')
      else if (isPath(noun)) log(`${facts.database} is the copy now`)
      else log(`${terminated} sessions were ended; nobody could begin one for ${Math.round(awayMs)} ms`)
      save('kept', names.kept)
    },
    verify: async ({ops}) => {
      const backup = ops.backup(facts.name)
      const state = await backup.swapState(backup.swapNames(facts.database, run))
      return {ok: state === 'swapped', reason: `the ${noun === 'directory' ? 'directories' : `${noun}s`} are ${state}`}
    },
    undo: async ({ops}) => {
      const backup = ops.backup(facts.name)
      const names = backup.swapNames(facts.database, run)
      if ((await backup.swapState(names)) === 'swapped') await backup.swapBack(names)
    },
  }),
]

/** When there is nothing to swap with; and the proof that the name answers. */
const nameSteps = ({facts, run, moment, tail, noun, live, gone}: Names): Step[] => [
  // runbook-check-ignore no-undo: a proved copy under its name is better than no database at all
  step({
    id: 'install',
    title: `Give the copy the name ${facts.database}`,
    why: `The live ${noun} is gone, so there is nothing to swap with`,
    targets: [live],
    when: gone,
    confirm: {
      text: `Put the copy of ${moment} on ${facts.server} under the name ${facts.database}?`,
      touches: [`${facts.database}_restore_${tail} becomes ${facts.database}`],
      type: facts.database,
    },
    timeout: '5m',
    run: async ({ops}) => {
      const backup = ops.backup(facts.name)
      await backup.install(backup.swapNames(facts.database, run))
    },
    verify: async ({ops}) => {
      const {exists, name} = await ops.backup(facts.name).live()
      return {ok: exists, reason: exists ? `${name} is there` : `there is no ${noun} ${name}`}
    },
  }),

  step({
    // runbook-check-ignore duplicate-id: a server that is filled has these steps instead of the others
    id: 'answer',
    title: `Check that ${live} answers under its name`,
    why: 'Through the name that applications use',
    targets: [live],
    timeout: '2m',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops}) => void (await ops.backup(facts.name).firstWrite({database: facts.database})),
  }),
]

/**
 * Brings a backup back. The live database keeps running, and is not written to, until a proved copy stands beside it;
 * then the two change names in one transaction. The old one stays under its new name.
 */
export default runbook({
  name: 'restore',
  summary: 'Restore a backup beside what is live, prove it, then swap the two by name',
  description:
    'Roles, extensions, tablespaces, versions, rights and disk of the server are compared with what the backup needs; a ' +
    'server that lacks something is refused, with the commands that change it. The backup is read completely before ' +
    'anything is touched. A safety backup of the live database is taken. The copy ' +
    'is compared with the manifest, every table by rows and checksum, and must answer the declared checks. Sessions on ' +
    'the live database are ended during the swap; what was written since the backup stays in the database that is kept.',
  params,
  danger: 'destructive',
  locks: context => [backupLock('backup', context)],
  onFailure: 'undo',

  facts: readFacts,
  plan: place => {
    const {facts, params, run} = place
    if (facts.tables !== undefined)
      return [
        ...[verifyStep, serverSteps].flatMap(steps => steps(namesOf({facts, run}))),
        ...tableSteps({...facts, tables: facts.tables, run, swap: params.swap}),
      ]
    const rest = place.facts.noun === 'server' ? [fillSteps] : [copySteps, swapSteps, nameSteps]
    return [verifyStep, serverSteps, ...rest].flatMap(steps => steps(namesOf(place)))
  },

  afterwards: ({facts, params, run, saved}) => {
    const {tables} = facts
    if (tables !== undefined) return tableAfterwards({...facts, tables, run, swap: params.swap}, saved)
    if (facts.noun === 'server')
      return [
        `${facts.fit.where} holds the copy of ${new Date(facts.chosen.takenAt).toISOString()}: let applications go there.`,
      ]
    const kept = saved['kept'] as string | undefined
    const safety = saved['safety'] as string | undefined
    const noun = facts.noun ?? 'database'
    const remove = (saved['removeKept'] as string | undefined) ?? `DROP DATABASE ${quoteName(kept ?? '')};`
    const old = `The ${noun} as it was is kept as ${kept}. When nobody misses anything in it: ${remove}`
    const held = `The safety backup ${safety} is under hold: opsconsole backup hold ${safety} --release.`
    const lost = `What was written to ${facts.database} after ${new Date(facts.chosen.takenAt).toISOString()} is not in it now.`
    return [...(kept === undefined ? [] : [old]), ...(safety === undefined ? [] : [held]), lost]
  },
})
