import type {Guard, Ops, Step} from 'opsconsole'
import {figuresTable, releaseFigures, restorePointLines, runbook, step, wayBackNow, wayBackWords, z} from 'opsconsole'

const params = z.object({
  version: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+@:/-]*$/, 'should begin with a letter or digit and hold no blanks')
    .describe('Version to deploy, as your deploy command knows it'),
  release: z.string().optional().describe('Which release; optional when there is only one'),
  watch: z
    .string()
    .regex(/^(\d+(ms|s|m|h))+$/, 'should be a duration such as 30s or 5m')
    .optional()
    .describe('How long to watch after the switch; as configured when left out'),
  restorePoint: z
    .stringbool()
    .or(z.boolean())
    .default(true)
    .describe('Before a deploy that migrates, make the restore point that the release has configured'),
})

/** What must be the same when the run begins; what is compared and said of it is in its words. */
async function readFacts({ops, params: given}: {ops: Ops; params: z.output<typeof params>}) {
  const release = ops.release(given.release)
  const bound = await release.requireReady('deploy')
  const kept = await release.keptClients()
  const room = await release.requireRoom(name => ops.database(name))
  const live = await release.live()
  const schema = await release.schemaFits({from: given.version, to: live.version})
  const point = given.restorePoint
    ? await release.wantedRestorePoint({from: live.version ?? 'unknown', to: given.version})
    : undefined
  if (point !== undefined) await ops.backup(point.backup).requireReady('backup')
  // What keeps it warm ends some day, and then this counts.
  const cold = live.version === undefined ? undefined : await release.startable(live.name, live.version)
  const idle = (await release.slots()).find(slot => slot.name !== live.name)
  return {
    release: release.name,
    version: given.version,
    traffic: release.target,
    bound,
    ...(release.notUndone.length === 0 ? {} : {notUndone: release.notUndone}),
    ...(kept === undefined ? {} : {kept}),
    watch: given.watch,
    knownBad: release.knownBad(given.version),
    live: {slot: live.name, version: live.version ?? live.versionWords},
    idle: {
      slot: idle?.name ?? '',
      instances: (idle?.instances ?? []).map(({id, host, version}) => ({id, host, version})),
    },
    cold: cold?.reason,
    room,
    schema,
    point,
    smokeTests: release.limits.smokeTests.length,
    maxErrorRate: release.limits.maxErrorRate,
    maxSlowdown: release.limits.maxSlowdown,
    keep: release.limits.keep,
  }
}
type Facts = Awaited<ReturnType<typeof readFacts>>

/**
 * Blue-green: the new version is started beside the old one and proved good while nobody uses it; then all traffic
 * moves at one instant; the old version stays warm for a rollback. Until the switch, users notice nothing at all.
 */
export default runbook({
  name: 'deploy',
  summary: 'Deploy a version to the idle slot, prove it, switch traffic, watch it',
  description:
    'Starts the version on the slot without traffic, waits for health, sends smoke tests, switches all traffic at one ' +
    'instant, lets the old slot finish its requests, and watches errors and health. If anything is wrong before the ' +
    'switch, users never see it; if anything is wrong after it, traffic goes back by itself. The old slot keeps ' +
    'running, so that `rollback` takes seconds.',
  params,
  danger: 'disruptive',
  // One lock for all releases of an environment: the name may be left out, so it cannot be part of the lock.
  locks: () => ['releases'],
  onFailure: 'undo',

  facts: readFacts,

  plan: ({facts}) =>
    facts.live.version === facts.version
      ? [liveAlready(facts)]
      : [
          look(facts),
          hold(facts),
          ...restorePoint(facts),
          ...startInstances(facts),
          ...prove(facts),
          switchTraffic(facts),
          ...finish(facts),
        ],

  guards: ({facts: {release, version, live}}) => (live.version === version ? [] : [trafficGuard(release, live.slot)]),

  // A watch that saw too little did its work and proved nothing: that is neither good nor bad.
  unproven: ({saved}) => {
    const watched = saved['watch'] as {verdict: string; reason: string} | undefined
    return watched?.verdict === 'nothing seen' || watched?.verdict === 'inconclusive' ? watched.reason : undefined
  },

  afterwards: ({facts, saved, environment}) => {
    if (facts.live.version === facts.version) return [`${facts.version} was live on ${facts.live.slot} already.`]
    const watched = saved['watch'] as {verdict: string; reason: string} | undefined
    return [
      `${facts.version} is live on ${facts.idle.slot}; watched: ${watched?.verdict ?? 'not'}, ${watched?.reason ?? 'nothing measured'}.`,
      wayBackNow({...facts, environment, back: saved['rollback']}),
      ...restorePointLines(saved, 'The database as it was before'),
      ...(facts.schema?.fits === false ? [`Going back takes more than the traffic: ${facts.schema.reason}.`] : []),
    ]
  },

  report: ({facts, saved}) => {
    const figures = releaseFigures(saved)
    return {
      json: {
        release: facts.release,
        from: facts.live,
        to: {slot: facts.idle.slot, version: facts.version},
        figures,
        ...saved,
      },
      markdown: [
        `## ${facts.release}: ${facts.live.version} → ${facts.version}`,
        '',
        `- Slot: ${facts.live.slot} → ${facts.idle.slot}, through ${facts.traffic}`,
        `- Watch: ${(saved['watch'] as {reason: string} | undefined)?.reason ?? 'not reached'}`,
        ...restorePointLines(saved, '- Restore point'),
        ...(facts.room === undefined ? [] : [`- Connections: ${facts.room}`]),
        '',
        ...figuresTable(figures, {before: facts.live.version, after: facts.version}),
      ].join('\n'),
    }
  },
})

const liveAlready = ({release, version, live, traffic}: Facts): Step =>
  step({
    id: 'already live',
    title: `${version} is live on ${live.slot} already`,
    why: 'There is nothing to deploy',
    targets: [traffic],
    // Where it is live without a run of ours, this run says that it is meant to be.
    check: async ({ops}) => ((await ops.release(release).moved()) === undefined ? 'done' : 'would change'),
    run: async ({ops}) => {
      await ops.release(release).waitHealthy(live.slot, version)
      await ops.release(release).acceptLive()
    },
  })

const look = ({release, version, live, idle, traffic, knownBad, room, schema, cold, keep}: Facts): Step =>
  step({
    id: 'look',
    title:
      knownBad === undefined
        ? 'Pre-check: live version and rollback target'
        : `Pre-check: live version and rollback target. ${version} ${knownBad}`,
    why: wayBackWords({version, live, idle, keep, cold, schema}),
    readOnly: true,
    targets: [traffic],
    run: async ({ops, log, save}) => {
      save('counted at first', (await ops.release(release).counted(live.slot)) ?? null)
      const {stays, ready, reason} = await ops.release(release).rollback()
      log(`live: ${live.version} on ${live.slot}; ${version} goes to ${idle.slot}, which takes no traffic`)
      log(`a rollback right now would be ${ready ? 'possible' : 'impossible'}: ${reason}`)
      log(`a rollback after this deploy: all traffic back to ${live.version}, which keeps running on ${live.slot}`)
      if (cold !== undefined) log(`after ${keep}, when it is not kept any more: ${cold}`)
      if (schema) log((await ops.release(release).schemaFits({from: version, to: live.version}))?.reason ?? '')
      if (room !== undefined) log(`connections: ${room}`)
      if (knownBad !== undefined) log(`note: ${version} ${knownBad}`)
      for (const line of stays) log(`note: ${line}`)
    },
  })

/** A load balancer that is reloaded forgets what was moved, at any moment of a deploy. */
const trafficGuard = (release: string, slot: string): Guard => ({
  id: 'traffic',
  title: 'traffic is where this run has it',
  every: '500ms',
  timeout: '15s',
  failures: 2,
  condition: async ({ops}) => ops.release(release).stays(slot),
})

/** First of all, so that its undo comes last: whatever moved the traffic meanwhile, users end where they were. */
const hold = ({release, live, traffic}: Facts): Step =>
  step({
    id: 'hold',
    title: `Hold traffic on ${live.slot} until the switch`,
    why: 'A load balancer that is reloaded or moved by hand meanwhile stops the run, and traffic comes back here',
    targets: [traffic],
    run: async ({ops}) => ops.release(release).keepOn(live.slot),
    undo: async ({ops}) => ops.release(release).keepOn(live.slot),
    idempotent: true,
    onUnknown: 'rerun',
  })

/** Before the first instance of the new version, which may migrate as soon as it starts. */
const restorePoint = ({release, version, live, point}: Facts): readonly Step[] =>
  point === undefined
    ? []
    : [
        step({
          id: 'restore point',
          title: `Make a restore point of the database before ${version}`,
          why: `${point.reason}; a rollback offers it`,
          targets: [`backup ${point.backup}`],
          timeout: '6h',
          idempotent: true,
          onUnknown: 'rerun',
          run: async ({ops, save}) => {
            const made = await ops.backup(point.backup).createRestorePoint(`before ${version} of ${release}`)
            save('restorePoint', made)
            await ops.release(release).noteRestorePoint({...made, from: live.version, to: version})
          },
        }),
      ]

/** Nothing here touches what users get: the slot takes no traffic, and `start` refuses an instance that does. */
const startInstances = ({release, version, live, idle}: Facts): readonly Step[] =>
  idle.instances.map(instance =>
    step({
      id: `start ${instance.id}`,
      title: `Start ${version} on ${instance.id}`,
      why: 'It takes no traffic yet, so nothing can break for users',
      targets: [`${instance.id} on ${instance.host}`],
      check: async ({ops}) => ((await ops.release(release).isRunning(instance.id, version)) ? 'done' : 'would change'),
      run: async ({ops}) => ops.release(release).start(instance.id, version),
      undo: async ({ops, log}) => {
        await ops.release(release).keepOn(live.slot)
        log(instance.version === undefined ? 'nothing ran here before: stopping it' : `restoring ${instance.version}`)
        await ops.release(release).restoreVersion(instance.id, instance.version)
      },
    }),
  )

const prove = ({release, version, live, idle, traffic, smokeTests}: Facts): readonly Step[] => [
  step({
    id: 'health',
    title: `Wait until all of ${idle.slot} is healthy and answers ${version}`,
    why: 'The version that counts is the one that answers, not the one that was asked for',
    readOnly: true,
    targets: [idle.slot],
    run: async ({ops}) => ops.release(release).waitHealthy(idle.slot, version),
  }),
  step({
    id: 'smoke',
    title: `Send ${smokeTests === 1 ? 'the smoke test' : `${smokeTests} smoke tests`} to every instance of ${idle.slot}`,
    why: 'Healthy is not the same as working; these go past the load balancer, so no user is in between',
    readOnly: true,
    targets: [idle.slot],
    run: async ({ops}) => ops.release(release).smoke(idle.slot),
  }),
  step({
    id: 'enableChecksAndWait',
    title: `Force fresh health checks on ${idle.slot}`,
    why: 'It must have seen every new instance good itself; a verdict from before the deploy does not count',
    targets: [traffic],
    run: async ({ops}) => ops.release(release).enableChecksAndWait(idle.slot),
    undo: async ({ops}) => {
      await ops.release(release).keepOn(live.slot)
      await ops.release(release).disableSlot(idle.slot)
    },
  }),
]

const switchTraffic = ({release, version, live, idle, traffic, kept, notUndone = []}: Facts): Step =>
  step({
    id: 'switch',
    title: `Switch all traffic from ${live.slot} to ${idle.slot}`,
    why: 'New requests go to the new version at one instant; requests in flight finish where they are',
    targets: [traffic],
    confirm: {
      text: `Switch all traffic of ${release} to ${version}?`,
      touches: [
        `${traffic}: ${idle.slot} ready, ${live.slot} ${kept === undefined ? 'drain' : `off, since ${kept} would keep its clients on it while it drains`}`,
        `users: ${live.version} on ${live.slot} → ${version} on ${idle.slot}`,
        ...notUndone.map(each => `not undone: ${each}`),
      ],
    },
    check: async ({ops}) => ((await ops.release(release).live()).name === idle.slot ? 'done' : 'would change'),
    run: async ({ops, save}) => {
      save('counted before the switch', (await ops.release(release).counted(live.slot)) ?? null)
      await ops.release(release).switchTo(idle.slot)
    },
    verify: async ({ops}) => {
      const seen = await ops.release(release).live()
      return {ok: seen.name === idle.slot && seen.version === version, reason: `live: ${seen.version} on ${seen.name}`}
    },
    undo: async ({ops}) => {
      await ops.release(release).enableChecksAndWait(live.slot, {again: false})
      await ops.release(release).switchTo(live.slot)
      await ops.release(release).drained(idle.slot)
    },
    onUnknown: 'recheck',
    stopCost: `users get ${version} and nobody watches it; \`rollback\` brings ${live.version} back`,
  })

const finish = ({release, version, live, idle, traffic, watch, keep, kept, ...limits}: Facts): readonly Step[] => [
  step({
    id: 'drain',
    title: `Drain ${live.slot} (let in-flight requests finish)`,
    why: 'Long requests end on the version they began on; nothing is cut off, not even after the deadline',
    readOnly: true,
    targets: [traffic],
    run: async ({ops, save}) => save('drain', await ops.release(release).drained(live.slot)),
    timeout: '1h',
  }),
  step({
    id: 'watch',
    title: `Monitor ${version} under live traffic`,
    why: `More than ${limits.maxErrorRate * 100} % errors, more than ${limits.maxSlowdown} times as slow as ${live.version}, or three failed probes in a row, and traffic goes back by itself`,
    readOnly: true,
    targets: [traffic],
    run: async ({ops, log, save}) => {
      const seen = await ops.release(release).watch(idle.slot, watch)
      save('watch', seen)
      log(`${seen.verdict}: ${seen.reason}`)
      if (seen.verdict === 'bad') throw new Error(`${version} is bad under live traffic: ${seen.reason}`)
    },
    timeout: '1d',
  }),
  step({
    id: 'keep',
    title: `Keep ${live.version} on ${live.slot} warm for a rollback`,
    why:
      kept === undefined
        ? `It keeps running and being checked, without traffic, so that the way back takes a second; after ${keep} the agent ends it`
        : `It keeps running without traffic; it is off because of ${kept}, so the way back checks it first, seconds; after ${keep} the agent ends it`,
    readOnly: true,
    targets: [live.slot],
    run: async ({ops, log, save}) => {
      const {ready, reason} = await ops.release(release).rollback()
      save('rollback', {ready, reason})
      log(`a rollback is ${ready ? 'ready' : 'NOT ready'}: ${reason}`)
    },
  }),
]
