import type {Ops, Step, StepContext} from 'opsconsole'
import {backupLock, quotePosix, runbook, step, z} from 'opsconsole'

type Backup = ReturnType<Ops['backup']>
type Plan = Awaited<ReturnType<Backup['recoveryPlan']>>
type Server = Awaited<ReturnType<Backup['planRecovered']>>

interface Params {
  readonly backup?: string | undefined
  readonly to?: string | undefined
  readonly lsn?: string | undefined
  readonly xid?: string | undefined
  readonly point?: string | undefined
  readonly before?: string | undefined
  readonly keep: boolean
  readonly into?: string | undefined
  readonly table?: string | undefined
}

/** Only what must still be so when the run begins: the archive grows every minute, so its end is not among it. */
async function readFacts({ops, params}: {ops: Ops; params: Params}) {
  const backup = ops.backup(params.backup)
  const plan = await backup.recoveryPlan(params)
  await backup.requireReady('restore')
  return {
    name: backup.name,
    database: plan.database,
    target: plan.target,
    set: plan.set,
    chain: plan.chain,
    from: plan.wal.from,
    timeline: plan.timeline,
    tablespaces: plan.tablespaces,
    place: plan.place,
  }
}
type Facts = Awaited<ReturnType<typeof readFacts>>

const momentOf = ({target: {kind, text}}: Facts): string =>
  kind === 'before' ? `just before transaction ${text}` : text
const serverOf = (saved: StepContext['saved']): Server => saved['server'] as Server
const planOf = (saved: StepContext['saved']): Plan => saved['plan'] as Plan

function restoreStep(facts: Facts, params: Params): Step {
  const untouched = facts.tablespaces.map(({name, was}) => `tablespace ${name} in ${was}`)
  return step({
    id: 'restore',
    title: `Restore ${facts.set} into an isolated server and replay the log to ${momentOf(facts)}`,
    why:
      ['In an empty directory, with no port and no archive: the live data directory', ...untouched].join(', ') +
      ' stay as they are',
    targets: [facts.place],
    timeout: '24h',
    run: async ({ops, save}) => {
      const backup = ops.backup(facts.name)
      // Planned again: a hole that came since must be known before a byte is copied.
      // The same transaction as in the plan: another DROP may have come since.
      const {kind, text} = facts.target
      const plan = await backup.recoveryPlan(kind === 'before' ? {before: text} : params)
      const server = await backup.planRecovered()
      // Durable before the first change: whoever cleans up must know where.
      save('plan', plan)
      save('server', server)
      save('recovered', await backup.recover(plan, server))
    },
    undo: async ({ops, saved}) => {
      if (saved['server'] !== undefined) await ops.backup(facts.name).removeScratch(serverOf(saved))
    },
  })
}

const proveStep = (facts: Facts, {table}: Params): Step =>
  step({
    id: 'prove',
    title: `Read every row of ${table ?? facts.database} in the copy`,
    why: 'A server that starts proves nothing: what is in it, where the replay stopped, and the declared checks do',
    targets: ['isolated server'],
    timeout: '6h',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, saved, save, log}) => {
      const backup = ops.backup(facts.name)
      const proof = await backup.proveRecovered(serverOf(saved), {table, removed: planOf(saved).removed})
      save('proof', proof.reason)
      if (backup.dryRun) return
      if (proof.lastTransaction !== undefined) log(`last transaction in the copy: ${proof.lastTransaction}`)
      if (!proof.ok) throw new Error(proof.reason)
      const {tookMs} = saved['recovered'] as {readonly tookMs: number}
      await backup.noteRecovered(planOf(saved), serverOf(saved), {...proof, tookMs})
    },
  })

/** When the copy was last written to, milliseconds: the moment that a dump of it shows. */
function shownMoment({target}: Facts, saved: StepContext['saved']): number | undefined {
  const {lastTransaction = ''} = saved['recovered'] as {readonly lastTransaction?: string}
  const text = target.kind === 'time' ? target.text : lastTransaction
  const at = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
  return Number.isNaN(at) ? undefined : at
}

const copyStep = (facts: Facts, {into, table}: Params): Step =>
  step({
    id: 'copy',
    title: `Back up ${table ?? facts.database} of the copy into ${into ?? 'a catalogue'}`,
    why: 'From there the runbook restore brings it beside the live one, proves it, and swaps it in',
    targets: ['isolated server', `backup ${into ?? ''}`],
    when: {ok: into !== undefined, reason: 'it stays on the isolated server (into=NAME)'},
    timeout: '12h',
    // A second copy does no harm, and a half one is never listed as good.
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, saved, save, run}) => {
      const backup = ops.backup(into)
      const shows = shownMoment(facts, saved)
      const {id} = await backup.createFrom({server: serverOf(saved), database: facts.database, shows, table})
      save('copy', id)
      await backup.requireSound(id)
      if (id !== 'dry-run')
        await backup.hold(id, {by: 'restore-pitr', reason: `${facts.database} at ${momentOf(facts)}, run ${run}`})
    },
  })

const removeStep = (facts: Facts, params: Params): Step =>
  step({
    id: 'remove',
    title: 'Remove the isolated server',
    why: 'It holds production data, and it was only a test',
    targets: ['isolated server'],
    when: {ok: !params.keep, reason: 'it is kept for a person (keep=true)'},
    timeout: '30m',
    idempotent: true,
    onUnknown: 'rerun',
    run: async ({ops, saved}) => ops.backup(facts.name).removeScratch(serverOf(saved)),
  })

/** Brings a cluster back as it was at a moment, beside the live one. */
export default runbook({
  name: 'restore-pitr',
  summary: 'Restore a cluster to a moment, on an isolated server, and prove it',
  description:
    'For backups by pgBackRest. The moment has a zone; a position, a transaction or a named point will do as well. What ' +
    'the archive cannot reach is refused before a byte is copied, with what can be restored to. The copy has a directory ' +
    'of its own, no port, no archive and none of the jobs of the original. Take from it what you need, then remove it.',
  params: z.object({
    backup: z.string().optional().describe('Which backup configuration; optional when there is only one'),
    to: z.string().optional().describe('A moment with its zone, such as 2026-11-26T14:03:00+01:00, or latest'),
    lsn: z.string().optional().describe('A position of the log, such as 16/B374D848'),
    xid: z.string().optional().describe('Up to and with a transaction'),
    before: z
      .string()
      .optional()
      .describe('Just before a transaction; drop: before the newest that removed a table of the database'),
    point: z.string().optional().describe('A named point of pg_create_restore_point'),
    into: z
      .string()
      .optional()
      .describe('Backup by pgdump of the same database that gets a copy of that moment, for the runbook restore'),
    table: z
      .string()
      .optional()
      .describe(
        'Only these tables: public.orders, or several with commas; from into= they come back with table= of restore',
      ),
    keep: z
      .stringbool()
      .or(z.boolean())
      .default(true)
      .describe('Leave the copy running for a person; false for a test'),
  }),
  danger: 'safe',
  locks: context => [backupLock('drill', context)],
  onFailure: 'undo',

  facts: readFacts,
  plan: ({facts, params}) => [
    restoreStep(facts, params),
    proveStep(facts, params),
    copyStep(facts, params),
    removeStep(facts, params),
  ],

  afterwards: ({facts, params, saved}) => {
    const server = saved['server'] as Server | undefined
    if (server === undefined) return []
    const who = server.account === undefined ? '' : `sudo -u ${server.account.user} `
    const table = params.table === undefined ? '' : ` -p table=${quotePosix(params.table)}`
    const proved = `${facts.set} at ${momentOf(facts)}: ${String(saved['proof'])}.`
    const swap =
      params.into === undefined
        ? []
        : [
            `Put it in the place of the live one: opsconsole run restore -p backup=${params.into} -p id=${String(saved['copy'])}${table}`,
          ]
    if (!params.keep) return [proved, ...swap]
    return [
      proved,
      ...swap,
      `Look into it: ${who}psql -h ${server.directory} -U ${server.superuser} ${facts.database}`,
      `Take a table from it: ${who}pg_dump -h ${server.directory} -U ${server.superuser} -t ${params.table?.includes(',') === false ? quotePosix(params.table) : 'TABLE'} ${facts.database}`,
      `Remove it: ${who}${server.binaries}/pg_ctl -D ${server.directory}/data stop, then remove ${server.directory}.`,
    ]
  },
})
