import {runbook, step, type Step, z} from 'opsconsole'

/**
 * Traffic back to the version before, which kept running. Nothing is started or stopped, so it takes seconds, and
 * every step until the switch only reads. Works while PostgreSQL, Redis and everything else is down.
 */
export default runbook({
  name: 'rollback',
  summary: 'Switch traffic back to the version before, prove it, and list the follow-up',
  description:
    'For a release that turned out bad. The slot without traffic still runs the version before; it is checked afresh, ' +
    'all traffic goes back to it at one instant, and it is proved good with health and smoke tests. The database ' +
    'schema stays as it is, unless migrateDown is given: then it is taken back last, with a confirmation of its own. ' +
    'Configuration outside of the version is not touched: the checklist at the end says so.',
  params: z.object({
    release: z.string().optional().describe('Which release; optional when there is only one'),
    evenIfBad: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe(
        'Go back also to a version that failed its watch or was rolled back from, and when a bad one was just taken back',
      ),
    skipSmoke: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe('Switch without smoke tests beforehand: for a test that fails on every version'),
    migrateDown: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe('Afterwards take the database back too, with migrations: down: of the release; it asks for itself'),
    restoreDatabase: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe('Afterwards bring the database back to the restore point of that deploy, by a run of its own'),
  }),
  danger: 'disruptive',
  locks: () => ['releases'],

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    const bound = await release.requireReady('rollback')
    const kept = await release.keptClients()
    const [live, good] = [await release.live(), await release.previous({evenIfBad: params.evenIfBad})]
    return {
      release: release.name,
      traffic: release.target,
      bound,
      ...(release.notUndone.length === 0 ? {} : {notUndone: release.notUndone}),
      ...(kept === undefined ? {} : {kept}),
      smokeTests: release.limits.smokeTests.length,
      bad: {slot: live.name, version: live.version ?? live.versionWords, known: live.version},
      good: {slot: good.slot, version: good.version},
      knownBad: release.knownBad(good.version),
      stays: good.stays,
      point: live.version === undefined ? undefined : release.restorePointOf({from: live.version, to: good.version}),
      down:
        params.migrateDown && live.version !== undefined
          ? await release.downMigration({from: live.version, to: good.version})
          : undefined,
    }
  },

  // Nothing is undone by it, since nobody wants the bad version back: it names what took the traffic, and the way there again.
  guards: ({facts: {release, bad, good}}) => [
    {
      id: 'traffic',
      title: `traffic stays on ${good.slot}`,
      after: 'switch',
      every: '500ms',
      timeout: '15s',
      failures: 2,
      condition: async ({ops}) => {
        const {ok, reason} = await ops.release(release).stays(bad.slot)
        return {ok, reason: ok ? reason : `${reason}. Run rollback again`}
      },
    },
  ],

  plan: ({facts, params}) => {
    const {bad, good} = facts
    return [
      step({
        id: 'ready',
        title: `Confirm ${good.version} is healthy on ${good.slot}${params.skipSmoke ? '' : `, passes ${smokeWords(facts)}`}, and force fresh health checks`,
        why:
          facts.knownBad === undefined
            ? 'Going back to something broken would be worse than staying'
            : `Careful: ${good.version} ${facts.knownBad}`,
        targets: [facts.traffic],
        check: async () => 'cannot know',
        run: async ({ops}) => {
          const release = ops.release(facts.release)
          await release.waitHealthy(good.slot, good.version)
          // The slot answers without traffic too: what is broken there is found before users get it.
          if (!params.skipSmoke) await release.smoke(good.slot)
          await release.enableChecksAndWait(good.slot, {again: false})
        },
      }),

      // The start is the one confirmation: who is in a hurry is not asked twice.
      step({
        id: 'switch',
        title: `Switch all traffic from ${bad.slot} back to ${good.slot}`,
        why: `Users get ${good.version} from this moment`,
        targets: [
          facts.traffic,
          `users: ${bad.version} on ${bad.slot} → ${good.version} on ${good.slot}`,
          ...(facts.kept === undefined ? [] : [`whom ${facts.kept} keeps on ${bad.slot}, too: it is taken off whole`]),
          ...(facts.notUndone ?? []).map(each => `not brought back: ${each}`),
        ],
        run: async ({ops}) => ops.release(facts.release).switchTo(good.slot),
        verify: async ({ops}) => {
          const seen = await ops.release(facts.release).live()
          return {
            ok: seen.name === good.slot && seen.version === good.version,
            reason: `live: ${seen.version} on ${seen.name}`,
          }
        },
        onUnknown: 'recheck',
        // No undo: who aborts while the old slot drains does not want the bad version back. `prove` switches back itself.
      }),

      step({
        id: 'prove',
        title: `Prove ${good.version} with health and ${smokeWords(facts)}`,
        why: 'It may fail only under live traffic; then traffic goes back to where it was',
        targets: [good.slot, facts.traffic],
        run: async ({ops, reason, signal, log}) => {
          const release = ops.release(facts.release)
          try {
            await release.waitHealthy(good.slot, good.version)
            if (!params.skipSmoke) await release.smoke(good.slot)
          } catch (error) {
            if (signal.aborted) throw error
            log(`${good.version} fails as well: switching back to ${bad.version} on ${bad.slot}`)
            await release.enableChecksAndWait(bad.slot, {again: false})
            await release.switchTo(bad.slot)
            const why = error instanceof Error ? error.message : String(error)
            throw new Error(`${good.version} failed under live traffic, and ${bad.version} is live again: ${why}`, {
              cause: error,
            })
          }
          await release.noteRolledBack(bad.version, reason)
        },
      }),

      step({
        id: 'drain',
        title: `Drain ${bad.slot} (let in-flight requests finish)`,
        why: 'Nothing is cut off; it keeps running, so that its logs and memory can be examined',
        readOnly: true,
        targets: [facts.traffic],
        run: async ({ops, save}) => {
          save('drain', await ops.release(facts.release).drained(bad.slot))
          // Not before: who goes back in a hurry does not wait for a migration tool.
          if (bad.known !== undefined)
            save('schema', await ops.release(facts.release).schemaFits({from: bad.known, to: good.version}))
        },
        timeout: '1h',
      }),

      ...takeDown(facts),
      ...bringBack(facts, params.restoreDatabase),
    ]
  },

  afterwards: ({facts, saved}) => [
    `${facts.good.version} is live on ${facts.good.slot}; ${facts.bad.version} waits on ${facts.bad.slot} without traffic.`,
    ...schemaLines(saved['schema'] as {fits: boolean; reason: string} | null | undefined),
    ...[...facts.stays, ...(facts.notUndone ?? [])].map(line => `Check by hand: ${line}.`),
    `Check by hand: jobs, caches and messages that ${facts.bad.version} wrote, and whether ${facts.good.version} can read them.`,
    'Tell your team, stop the pipeline that would deploy it again, and write down what users saw and since when.',
  ],

  report: ({facts}) => ({
    json: {release: facts.release, from: facts.bad, to: facts.good},
    markdown: `## ${facts.release}: back from ${facts.bad.version} to ${facts.good.version}`,
  }),
})

const smokeWords = ({smokeTests}: {readonly smokeTests: number}): string =>
  smokeTests === 1 ? 'the smoke test' : `${smokeTests} smoke tests`

interface TakeDown {
  readonly release: string
  readonly bad: {readonly version: string}
  readonly good: {readonly version: string}
  readonly down: {readonly command: string; readonly preview: readonly string[]} | undefined
}

/** Last of all: users are on the version before already, and nobody waits for it. */
const takeDown = ({release, bad, good, down}: TakeDown): readonly Step[] =>
  down === undefined
    ? []
    : [
        step({
          id: 'migrate down',
          title: `Take the database back from ${bad.version} to ${good.version}`,
          why: 'What the bad version wrote into columns and tables that go away is lost',
          targets: [down.command],
          confirm: {
            text: `Take the database back to ${good.version}? There is no undo`,
            touches: [`runs: ${down.command}`, ...down.preview.map(line => `would do: ${line}`)],
            type: good.version,
          },
          run: async ({ops}) => ops.release(release).migrateDown({from: bad.version, to: good.version}),
          // What it had done when it stopped, only the migration tool knows.
          onUnknown: 'ask',
          timeout: '1h',
        }),
      ]

interface BringBack {
  readonly bad: {readonly version: string}
  readonly point: {readonly database: string; readonly at: number; readonly command: string} | undefined
}

/** Shown in every plan that could have it; a run of its own, which asks for the name of the database. */
const bringBack = ({bad, point}: BringBack, asked: boolean): readonly Step[] =>
  point === undefined
    ? []
    : [
        step({
          id: 'restore database',
          title: `Bring database ${point.database} back to ${new Date(point.at).toISOString()}, before ${bad.version}`,
          why: 'What was written to it since is not in it afterwards; migrateDown is the other way',
          targets: [`database ${point.database}`],
          when: {ok: asked, reason: 'not asked for (restoreDatabase=true)'},
          manual: `In another terminal: ${point.command}. It proves the copy first and asks for the name of the database. Then come back.`,
        }),
      ]

const schemaLines = (
  schema: {readonly fits: boolean; readonly reason: string} | null | undefined,
): readonly string[] =>
  !schema || schema.fits ? [] : [`Look at the database and the configuration: ${schema.reason}.`]
