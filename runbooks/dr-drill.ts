import {backupLock, drillLine, drillReport, measureDrill, runbook, step, z} from 'opsconsole'
import type {DrillMoments, Ops, Step, StepContext} from 'opsconsole'

type Server = Parameters<ReturnType<StepContext['ops']['backup']>['removeScratch']>[0]
type Phase = DrillMoments['phases'][number]

/** Says how long a part took, for the report. */
async function timed(context: StepContext, phase: Omit<Phase, 'ms'>, work: () => Promise<void>): Promise<void> {
  const begun = Date.now()
  try {
    await work()
  } catch (error) {
    // Why it broke off belongs into the record; an abort or a deadline is nobody's fault.
    if (!context.signal.aborted) context.save('broke', error instanceof Error ? error.message : String(error))
    throw error
  }
  const before = (context.saved['phases'] ?? []) as readonly Phase[]
  context.save('phases', [...before, {...phase, ms: Date.now() - begun}])
}

async function readFacts({
  ops,
  params,
}: {
  ops: Ops
  params: {backup?: string | undefined; id?: string | undefined; pick: 'newest' | 'random'}
}) {
  const backup = ops.backup(params.backup)
  // Which one is chosen at random is decided by the run, so its key is found out there.
  const chosen = params.id ?? (params.pick === 'newest' ? (await backup.pick('newest')).id : undefined)
  await backup.requireReady('drill', chosen)
  return {
    name: backup.name,
    environment: backup.environment,
    location: backup.location,
    database: backup.database,
    targets: backup.objectives,
  }
}

interface Place {
  readonly params: {
    readonly id?: string | undefined
    readonly pick: 'newest' | 'random'
    readonly days?: number | undefined
  }
  readonly facts: Awaited<ReturnType<typeof readFacts>>
  readonly run: string
}

/** What the steps saved so far, as the moments that the measurements come from. */
const momentsOf = (
  {facts, run}: Place,
  saved: StepContext['saved'],
  end: Pick<DrillMoments, 'broke' | 'stopped'> = {},
): DrillMoments => ({
  environment: facts.environment,
  backup: facts.name,
  run,
  chosen: saved['chosen'] as DrillMoments['chosen'],
  startedAt: Number(saved['startedAt']),
  firstWriteAt: saved['firstWriteAt'] as number | undefined,
  endedAt: Date.now(),
  phases: (saved['phases'] ?? []) as readonly Phase[],
  targets: facts.targets,
  proof: saved['proof'] as DrillMoments['proof'],
  world: (saved['world'] ?? null) as NonNullable<DrillMoments['world']> | null,
  ...end,
})

function pickOf({id, pick, days}: Place['params']) {
  if (id !== undefined) return {id}
  return pick === 'random' && days !== undefined ? {randomWithinMs: days * 86_400_000} : pick
}

function beginStep(place: Place): Step {
  const {facts, params} = place
  return step({
    id: 'begin',
    title: 'Assume the disaster and choose the backup',
    why: 'RTO is measured from here, and so is the data that is lost',
    targets: [facts.location],
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, save}) => {
      save('startedAt', Date.now())
      const backup = ops.backup(facts.name)
      await backup.removeOrphans()
      const newest = await backup.pick('newest')
      const chosen = await backup.pick(pickOf(params))
      save('chosen', {
        id: chosen.id,
        pick: params.id === undefined ? params.pick : 'named',
        takenAt: chosen.takenAt,
        newestTakenAt: newest.takenAt,
        storedBytes: chosen.storedBytes,
        databaseBytes: chosen.databaseBytes,
      })
    },
    // The last to be undone: a drill that broke off is a drill that failed, and is on record as such.
    undo: async ({ops, saved, save}) => {
      if (saved['chosen'] === undefined || saved['recorded'] === true) return
      const broke = saved['broke'] as string | undefined
      const end = broke === undefined ? {broke: 'by a person or a deadline', stopped: true} : {broke}
      const record = measureDrill(momentsOf(place, saved, end))
      await ops.backup(facts.name).recordDrill(record)
      save('drill', record)
    },
  })
}

/** The recovery, and what proves it. */
function recoverySteps(place: Place): Step[] {
  const {facts} = place
  return [
    step({
      id: 'server',
      title: 'Start a scratch server',
      why: 'Nothing of the drill comes near the live one',
      targets: ['a temporary directory of this host'],
      timeout: '5m',
      run: async context => {
        const backup = context.ops.backup(facts.name)
        const {id} = momentsOf(place, context.saved).chosen
        await timed(context, {name: 'scratch server', inRto: true}, async () => {
          const server = await backup.planScratch(id)
          // Durable before the first change: whoever cleans up must know where.
          context.save('server', server)
          await backup.startScratch(id, server)
          if (!backup.dryRun) context.save('world', await backup.drillWorld(id, server))
        })
      },
      undo: async ({ops, saved}) => {
        if (saved['server'] !== undefined) await ops.backup(facts.name).removeScratch(saved['server'] as Server)
      },
    }),

    step({
      id: 'restore',
      title: `Restore ${facts.database} into it`,
      why: 'The part of a recovery that takes longest, and the only proof that a backup works',
      targets: ['scratch server'],
      timeout: '12h',
      run: context =>
        timed(context, {name: 'restore', inRto: true}, () =>
          context.ops.backup(facts.name).restore(momentsOf(place, context.saved).chosen.id, {
            database: facts.database,
            scratch: context.saved['server'] as Server,
          }),
        ),
    }),

    step({
      id: 'write',
      title: 'Write to the restored database',
      why: 'RTO ends when users could work again, not when a program exits with 0',
      targets: ['scratch server'],
      timeout: '2m',
      run: context =>
        timed(context, {name: 'first write', inRto: true}, async () => {
          const copy = {database: facts.database, scratch: context.saved['server'] as Server}
          context.save('firstWriteAt', await context.ops.backup(facts.name).firstWrite(copy))
        }),
    }),

    step({
      id: 'prove',
      title: 'Compare the copy with the manifest',
      why: 'Every table by rows and checksum, and the declared checks',
      targets: ['scratch server'],
      timeout: '6h',
      run: context =>
        timed(context, {name: 'comparison', inRto: false}, async () => {
          const copy = {database: facts.database, scratch: context.saved['server'] as Server}
          const found = await context.ops.backup(facts.name).prove(momentsOf(place, context.saved).chosen.id, copy)
          const {ok, tables, rows, checks, reason} = found
          context.save('proof', {ok, tables, rows, checks: checks.length, reason})
        }),
    }),
  ]
}

/** Nothing is left behind but the measurements. */
function closingSteps(place: Place): Step[] {
  const {facts} = place
  return [
    step({
      id: 'remove',
      title: 'Remove the scratch server',
      why: 'It holds production data',
      targets: ['scratch server'],
      timeout: '5m',
      idempotent: true,
      onUnknown: 'rerun',
      run: async ({ops, saved}) => ops.backup(facts.name).removeScratch(saved['server'] as Server),
    }),

    step({
      id: 'record',
      title: 'Record the drill beside the backups',
      why: 'Objectives are judged over all drills, and an auditor asks for the last one',
      targets: [facts.location],
      idempotent: true,
      onUnknown: 'rerun',
      run: async ({ops, saved, save, log}) => {
        if (ops.backup(facts.name).dryRun) return log('dry run: nothing was restored, so nothing was measured')
        const record = measureDrill(momentsOf(place, saved))
        await ops.backup(facts.name).recordDrill(record)
        save('recorded', true)
        save('drill', record)
        log(drillLine(record))
      },
    }),

    step({
      id: 'verdict',
      title: `Judge it: RTO ${facts.targets.rtoMs / 1000} s, RPO ${facts.targets.rpoMs / 1000} s, an equal copy`,
      why: 'A drill that misses its objectives must not look like one that met them',
      readOnly: true,
      run: async ({saved}) => {
        const record = saved['drill'] as ReturnType<typeof measureDrill> | undefined
        if (record !== undefined && !record.ok) throw new Error(drillLine(record))
      },
    }),
  ]
}

/** Proves that a backup can be brought back, on a server of its own, and measures how long that takes. */
export default runbook({
  name: 'dr-drill',
  summary: 'Restore a backup into a scratch server, prove it, and measure RTO and RPO',
  description:
    'The disaster is assumed to happen when the drill begins. RTO ends at the first successful write on the restored ' +
    'database; RPO is the age of the newest usable backup at that moment. The scratch server listens on no port and is ' +
    'always removed. The result is kept beside the backups. A drill that misses an objective fails.',
  params: z.object({
    backup: z.string().optional().describe('Which backup configuration; optional when there is only one'),
    id: z.string().optional().describe('One backup by its id'),
    pick: z
      .enum(['newest', 'random'])
      .default('newest')
      .describe('newest usable one, or a random one so that old backups are tried as well'),
    days: z.coerce
      .number<string | number>()
      .positive()
      .optional()
      .describe('Of the random ones: only those of so many days'),
  }),
  danger: 'safe',
  locks: context => [backupLock('drill', context)],
  onFailure: 'undo',

  facts: readFacts,
  plan: place => [beginStep(place), ...recoverySteps(place), ...closingSteps(place)],

  afterwards: ({saved}) =>
    saved['drill'] === undefined ? [] : [drillLine(saved['drill'] as ReturnType<typeof measureDrill>)],

  report: ({saved}) =>
    saved['drill'] === undefined
      ? {markdown: 'The drill did not get as far as its measurements.\n', json: null}
      : drillReport(saved['drill'] as ReturnType<typeof measureDrill>),
})
