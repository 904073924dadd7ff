import {runbook, step, type Step, z} from 'opsconsole'

/**
 * A share of the requests for the new version, beside the old one, and more only when it is proved not to be worse. All the
 * while, also while a person is asked, both are compared four times a second: what is worse goes back by itself.
 */
export default runbook({
  name: 'canary',
  summary: 'Deploy a version to a growing share of the requests, compared with the old one at every step',
  description:
    'Starts the version on the slot without traffic and proves it good there, like `deploy`. Then it gets 5, 25, 50 and ' +
    '100 % of the requests (canary.stages), each for canary.stageTime. Errors, 4xx answers and slowness are compared with the ' +
    'version that serves the rest at the same time; when the canary is worse, all traffic goes back within moments. What is ' +
    'not proved by the end of a stage, or saw no requests, goes back as well: the run then ends as unproven, exit code 11.',
  params: z.object({
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._+@:/-]*$/, 'should begin with a letter or digit and hold no blanks')
      .describe('Version to deploy, as your deploy command knows it'),
    release: z.string().optional().describe('Which release; optional when there is only one'),
    stageTime: z
      .string()
      .regex(/^(\d+(ms|s|m|h))+$/, 'should be a duration such as 30s or 5m')
      .optional()
      .describe('How long each share is compared; as configured by default'),
    ask: z.stringbool().or(z.boolean()).default(false).describe('Ask before each further share, not only the first'),
  }),
  danger: 'disruptive',
  locks: () => ['releases'],
  onFailure: 'undo',

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    const bound = await release.requireReady('deploy')
    const kept = await release.keptClients()
    const room = await release.requireRoom(name => ops.database(name))
    const live = await release.live()
    const idle = (await release.slots()).find(slot => slot.name !== live.name)
    return {
      release: release.name,
      version: params.version,
      traffic: release.target,
      bound,
      ...(release.notUndone.length === 0 ? {} : {notUndone: release.notUndone}),
      ...(kept === undefined ? {} : {kept}),
      stageTime: params.stageTime ?? release.limits.stageTime,
      stages: release.limits.stages,
      leastRequests: release.limits.leastRequests,
      ask: params.ask,
      knownBad: release.knownBad(params.version),
      live: {slot: live.name, version: live.version ?? live.versionWords},
      idle: {
        slot: idle?.name ?? '',
        instances: (idle?.instances ?? []).map(({id, host, version}) => ({id, host, version})),
      },
      room,
      smokeTests: release.limits.smokeTests.length,
      keep: release.limits.keep,
    }
  },

  plan: ({facts}) => [
    look(facts),
    ...start(facts),
    prove(facts),
    ...facts.stages.filter(percent => percent < 100).map((percent, at) => stage(facts, percent, at === 0)),
    ...finish(facts),
  ],

  guards: ({facts: {release, version, live, idle, stages}}) => [
    {
      id: 'canary',
      title: `${version} is not worse than ${live.version}`,
      after: 'ready',
      every: '250ms',
      timeout: '15s',
      failures: 1,
      // Between two stages, and while a person is asked; a stage that compares stops it by itself.
      condition: async ({ops}) => (stages.length === 0 ? true : ops.release(release).lookAtCanary(idle.slot)),
    },
    {
      id: 'traffic',
      title: 'each version gets the share that this run gave it',
      after: 'ready',
      every: '500ms',
      timeout: '15s',
      // So long at least is a load balancer silent that is restarted, and then this says where traffic is.
      failures: 3,
      condition: async ({ops}) => ops.release(release).stays(live.slot),
    },
  ],

  unproven: ({saved}) => (saved['stopped'] as string | undefined) ?? unprovenWatch(saved['watch']),

  afterwards: ({facts, saved, environment}) => {
    const stopped = saved['stopped'] as string | undefined
    if (stopped !== undefined)
      return [
        `${facts.live.version} on ${facts.live.slot} has all traffic again: ${stopped}.`,
        `${facts.version} waits on ${facts.idle.slot} without traffic. Try again with more traffic or a longer stageTime.`,
      ]
    return [
      `${facts.version} is live on ${facts.idle.slot}.`,
      `Way back: opsconsole run rollback -e ${environment} -p release=${facts.release}. ${facts.live.version} waits on ${facts.live.slot}; it is kept for ${facts.keep}, then the agent ends it.`,
    ]
  },

  report: ({facts, saved}) => ({
    json: {release: facts.release, from: facts.live, to: {slot: facts.idle.slot, version: facts.version}, ...saved},
    markdown: [
      `## ${facts.release}: canary of ${facts.version} beside ${facts.live.version}`,
      '',
      ...facts.stages.map(percent => {
        const seen = saved[`stage ${percent}`] as {verdict: string; reason: string} | undefined
        return `- ${percent} %: ${seen === undefined ? 'not reached' : `${seen.verdict}, ${seen.reason}`}`
      }),
    ].join('\n'),
  }),
})

interface Facts {
  readonly release: string
  readonly version: string
  readonly traffic: string
  /** What moving the traffic back does not bring back. */
  readonly notUndone?: readonly string[]
  /** By what clients are kept on their server; left out where they are not. */
  readonly kept?: string
  readonly stageTime: string
  readonly stages: readonly number[]
  readonly leastRequests: number
  readonly ask: boolean
  readonly knownBad: string | undefined
  readonly live: {readonly slot: string; readonly version: string}
  readonly idle: {
    readonly slot: string
    readonly instances: readonly {readonly id: string; readonly host: string; readonly version: string | undefined}[]
  }
  /** What was compared of connections; undefined where nothing is configured. */
  readonly room: string | undefined
  readonly smokeTests: number
  readonly keep: string
}

const unprovenWatch = (watched: unknown): string | undefined => {
  const {verdict, reason} = (watched ?? {}) as {verdict?: string; reason?: string}
  return verdict === 'nothing seen' || verdict === 'inconclusive' ? reason : undefined
}

const failureOf = (compared: unknown) => {
  const seen = (compared ?? {}) as {verdict?: string; reason?: string; isTakenBack?: boolean}
  return seen.verdict === 'fail' ? seen : undefined
}

const look = ({release, version, live, idle, stages, stageTime, knownBad, traffic, room}: Facts): Step =>
  step({
    id: 'look',
    title: `Pre-check, and what a canary of ${stages[0] ?? 100} % can show${knownBad === undefined ? '' : `. ${version} ${knownBad}`}`,
    why: `${live.version} on ${live.slot} keeps the rest of the traffic, and is what ${version} is compared with`,
    readOnly: true,
    targets: [traffic],
    run: async ({ops, log}) => {
      log(`live: ${live.version} on ${live.slot}; ${version} goes to ${idle.slot}, which takes no traffic`)
      if (room !== undefined) log(room)
      for (const line of await ops.release(release).canaryForecast(stages[0] ?? 100, stageTime)) log(line)
    },
  })

const start = ({release, version, idle}: Facts): readonly Step[] =>
  idle.instances.map(instance =>
    step({
      id: `start ${instance.id}`,
      title: `Start ${version} on ${instance.id}`,
      why: 'It takes no traffic yet, so nothing can break for users',
      targets: [`${instance.id} on ${instance.host}`],
      check: async ({ops}) => ((await ops.release(release).isRunning(instance.id, version)) ? 'done' : 'would change'),
      run: async ({ops}) => ops.release(release).start(instance.id, version),
      undo: async ({ops}) => ops.release(release).restoreVersion(instance.id, instance.version),
    }),
  )

const prove = ({release, version, live, idle, traffic, smokeTests}: Facts): Step =>
  step({
    id: 'ready',
    title: `Wait until ${idle.slot} is healthy, passes ${smokeTests === 1 ? 'the smoke test' : `${smokeTests} smoke tests`} and fresh health checks`,
    why: 'What is broken without traffic is found before anybody gets it',
    targets: [traffic],
    run: async ({ops}) => {
      await ops.release(release).waitHealthy(idle.slot, version)
      await ops.release(release).smoke(idle.slot)
      await ops.release(release).enableChecksAndWait(idle.slot)
    },
    undo: async ({ops}) => {
      // Something else may have moved traffic here meanwhile.
      await ops.release(release).keepOn(live.slot)
      await ops.release(release).disableSlot(idle.slot)
    },
    timeout: '30m',
  })

const stage = (
  {release, version, live, idle, traffic, stageTime, leastRequests, ask, kept, notUndone = []}: Facts,
  percent: number,
  first: boolean,
): Step =>
  step({
    id: `stage ${percent}`,
    title: `Give ${version} ${percent} % of the requests, and compare it with ${live.version} for ${stageTime}`,
    why: `More only when it is proved not to be worse, which takes ${leastRequests} requests to it at least; worse, and all traffic goes back by itself`,
    targets: [traffic],
    ...(first || ask
      ? {
          confirm: {
            text: `Give ${version} ${percent} % of the requests of ${release}?`,
            touches: [
              `${traffic}: weights of ${idle.slot} and ${live.slot}`,
              `users: ${percent} % get ${version} on ${idle.slot}, the rest ${live.version} on ${live.slot}`,
              ...(kept === undefined
                ? []
                : [`who is kept on a server by ${kept} stays there: the share is of the others`]),
              ...notUndone.map(each => `not undone: ${each}`),
            ],
          },
        }
      : {}),
    check: async ({saved}) => wanted(saved),
    decisions: [
      {
        id: 'hold',
        title: `Hold at ${percent} %`,
        consequence: `Users: ${percent} % keep getting ${version}, for a day at most. It is compared all the while, and goes back by itself when it is worse.`,
      },
      {
        id: 'go-on',
        title: 'Go on',
        consequence: 'The stage ends when its time is over and the comparison passes, as if nobody had held it.',
      },
      {
        id: 'promote',
        title: 'Promote',
        consequence: `The next share at once: users get more of ${version} than is proved good. What is worse still goes back by itself.`,
      },
    ],
    run: async ({ops, save, log, decided}) => {
      const canary = ops.release(release)
      await canary.giveShare(idle.slot, percent)
      const seen = await canary.compare(idle.slot, stageTime, {decided})
      save(`stage ${percent}`, seen)
      log(`${seen.verdict}: ${seen.reason}`)
      if (seen.verdict === 'fail') throw new Error(`${version} is worse than ${live.version}: ${seen.reason}`)
      if (seen.verdict === 'pass') return
      await canary.takeShareBack(idle.slot)
      save('stopped', `at ${percent} % nothing proved that ${version} is good: ${seen.reason}`)
    },
    undo: async ({ops, stoppedBy, saved}) => {
      const failure = failureOf(saved[`stage ${percent}`])
      if (failure?.isTakenBack === true) return
      const worse = stoppedBy?.guard === 'canary' ? stoppedBy.reason : failure?.reason
      await ops.release(release).takeShareBack(idle.slot, {worse})
    },
    onUnknown: 'ask',
    timeout: '1d',
    stopCost: `${percent} % of the users get ${version}; abort gives all traffic back to ${live.version}`,
  })

/** Once a share has proved nothing, all traffic is on the old version again. */
const wanted = (saved: Readonly<Record<string, unknown>>) =>
  saved['stopped'] === undefined ? ('would change' as const) : {skip: 'a share before it proved nothing'}

const finish = ({release, version, live, idle, traffic, stageTime, ask, keep}: Facts): readonly Step[] => [
  step({
    id: 'switch',
    title: `Switch all traffic to ${version} on ${idle.slot}`,
    why: 'It was proved beside the old version; the rest of the requests moves at one instant',
    targets: [traffic],
    ...(ask ? {confirm: `Switch all traffic of ${release} to ${version}?`} : {}),
    check: async ({saved}) => wanted(saved),
    run: async ({ops}) => ops.release(release).promote(idle.slot),
    undo: async ({ops}) => {
      await ops.release(release).enableChecksAndWait(live.slot, {again: false})
      await ops.release(release).promote(live.slot)
      await ops.release(release).drained(idle.slot)
    },
    stopCost: `users get ${version} and nobody watches it; \`rollback\` brings ${live.version} back`,
  }),
  step({
    id: 'watch',
    title: `Drain ${live.slot}, and monitor ${version} with all the traffic for ${stageTime}`,
    why: `Some faults show only under full load; ${live.version} is kept on ${live.slot} for ${keep} after that`,
    targets: [traffic],
    check: async ({saved}) => wanted(saved),
    run: async ({ops, save, log}) => {
      save('drain', await ops.release(release).drained(live.slot))
      const seen = await ops.release(release).watch(idle.slot, stageTime)
      save('watch', seen)
      log(`${seen.verdict}: ${seen.reason}`)
      if (seen.verdict === 'bad') throw new Error(`${version} is bad under live traffic: ${seen.reason}`)
    },
    timeout: '1d',
  }),
]
