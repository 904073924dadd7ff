import {type Guard, type Ops, runbook, step, type Step, z} from 'opsconsole'

/**
 * In place, for what has no second slot to spare: some instances at a time are emptied, restarted with the new version and
 * given their traffic back, the others serve meanwhile. One goes first; what it shows is known before the rest follows.
 */
export default runbook({
  name: 'rolling',
  summary: 'Deploy a version to the live slot in batches, the first instance alone',
  description:
    'Every instance of a batch is drained, restarted with the version, proved by health and smoke tests, and takes traffic ' +
    'again after fresh checks. Both versions serve side by side until the end: it needs a database and messages that both ' +
    'understand. An instance that fails is left without traffic; more than maxFailures of them, over all batches, and ' +
    'every instance goes back to its version before, batch by batch, which takes as long as the way there. What it cannot ' +
    'undo: what users and jobs did with the new version meanwhile. The other slot is left alone. Run again with the same ' +
    'version it takes only those instances that do not run it yet.',
  params: z.object({
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._+@:/-]*$/, 'should begin with a letter or digit and hold no blanks')
      .describe('Version to deploy, as your deploy command knows it'),
    release: z.string().optional().describe('Which release; optional when there is only one'),
    batch: z.coerce.number().int().min(1).default(1).describe('How many instances at the same time, after the first'),
    maxFailures: z.coerce
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('How many instances may fail, over all batches, before everything goes back'),
    watch: z
      .string()
      .regex(/^(\d+(ms|s|m|h))+$/, 'should be a duration such as 30s or 5m')
      .optional()
      .describe('How long to watch at the end; as configured when left out'),
  }),
  danger: 'disruptive',
  locks: () => ['releases'],
  onFailure: 'undo',

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    const bound = await release.requireReady('restart')
    const {slot, instances, versionWords} = await release.rollable()
    const placed = await release.traffic()
    const serves = (id: string): boolean => placed.some(one => one.instance === id && one.placement === 'serving')
    return {
      release: release.name,
      version: params.version,
      traffic: release.target,
      bound,
      ...(release.notUndone.length === 0 ? {} : {notUndone: release.notUndone}),
      slot,
      before: versionWords,
      knownBad: release.knownBad(params.version),
      batches: batchesOf(
        instances.map(one => ({...one, serves: serves(one.id)})),
        params.batch,
      ),
      maxFailures: params.maxFailures,
      watch: params.watch,
      smokeTests: release.limits.smokeTests.length,
      maxErrorRate: release.limits.maxErrorRate,
    }
  },

  plan: ({facts}) => [hold(facts), ...facts.batches.map((batch, nth) => roll(facts, batch, nth)), ...finish(facts)],

  guards: ({facts: {release, slot}}): readonly Guard[] => [
    {
      id: 'other slot',
      title: 'the other slot takes no traffic',
      every: '1s',
      timeout: '15s',
      failures: 2,
      condition: async ({ops}) => {
        const stray = (await ops.release(release).slots()).find(
          one => one.name !== slot && (one.role === 'live' || one.role === 'mixed'),
        )
        return {
          ok: stray === undefined,
          reason: `moved outside opsconsole: ${stray?.name} takes traffic, the load balancer was reloaded or somebody moved it`,
        }
      },
    },
  ],

  unproven: ({saved}) => {
    const failed = failedOf(saved)
    const {verdict, reason} = (saved['watch'] ?? {}) as {verdict?: string; reason?: string}
    if (failed.length > 0) return failed.map(one => `${one.id} failed and ${failedWords(one)}`).join(', ')
    return verdict === 'nothing seen' || verdict === 'inconclusive' ? reason : undefined
  },

  afterwards: ({facts, saved, environment}) => [
    ...failedOf(saved).map(one => `Look at ${one.id}, which ${failedWords(one)}: ${one.reason}`),
    ...(failedOf(saved).length === 0
      ? [`${facts.version} runs on all of ${facts.slot}.`]
      : [
          `Try those again alone: opsconsole run rolling -e ${environment} -p release=${facts.release} -p version=${facts.version}`,
        ]),
    wayBackOf(facts, environment),
  ],

  report: ({facts, saved}) => ({
    json: {release: facts.release, slot: facts.slot, from: facts.before, to: facts.version, ...saved},
    markdown: [
      `## ${facts.release}: ${facts.before} → ${facts.version} on ${facts.slot}, rolling`,
      '',
      `- ${facts.batches.flat().length} instances in ${facts.batches.length} batches, ${failedOf(saved).length} failed`,
      `- Watch: ${(saved['watch'] as {reason: string} | undefined)?.reason ?? 'not reached'}`,
    ].join('\n'),
  }),
})

interface Instance {
  readonly id: string
  readonly host: string
  /** Undefined: it answered none, and is stopped again by an undo. */
  readonly version: string | undefined
  /** It took traffic before, and gets it back only then. */
  readonly serves: boolean
}

interface Facts {
  readonly release: string
  readonly version: string
  readonly traffic: string
  /** What moving the traffic back does not bring back. */
  readonly notUndone?: readonly string[]
  readonly slot: string
  readonly before: string
  readonly knownBad: string | undefined
  readonly batches: readonly (readonly Instance[])[]
  readonly maxFailures: number
  readonly watch: string | undefined
  readonly smokeTests: number
  readonly maxErrorRate: number
}

interface Failure {
  readonly id: string
  readonly reason: string
  /** It could not be emptied, or no other could serve meanwhile: it was left as it was. */
  readonly serves?: boolean
}

const failedWords = ({serves}: Failure): string => (serves === true ? 'serves as before' : 'takes no traffic')

function wayBackOf({batches, release}: Facts, environment: string): string {
  const all = batches.flat()
  const versions = [...new Set(all.map(one => one.version))]
  const [only] = versions
  if (versions.length === 1 && only !== undefined)
    return `Way back: opsconsole run rolling -e ${environment} -p release=${release} -p version=${only}. It takes as long as the way there.`
  const were = all.map(({id, version}) => `${id} ${version ?? 'nothing that answered'}`)
  return `Way back: opsconsole run rolling with a version for all of them. Before, they ran: ${were.join(', ')}.`
}

const failedOf = (saved: Readonly<Record<string, unknown>>): readonly Failure[] =>
  Object.entries(saved).flatMap(([key, value]) => (key.startsWith('failed ') ? (value as readonly Failure[]) : []))

/** One first, then so many at a time; never all, because somebody must serve. */
function batchesOf(instances: readonly Instance[], size: number): readonly (readonly Instance[])[] {
  const most = Math.min(size, Math.max(1, instances.length - 1))
  const [first, ...rest] = instances
  const batches = Array.from({length: Math.ceil(rest.length / most)}, (_, nth) =>
    rest.slice(nth * most, (nth + 1) * most),
  )
  return first === undefined ? [] : [[first], ...batches]
}

/** First of all, so that its undo comes last: what is live then is what is meant to be. */
const hold = ({release, slot, before, traffic, knownBad, version, batches}: Facts): Step =>
  step({
    id: 'hold',
    title: `Begin on ${slot}, which serves ${before}${knownBad === undefined ? '' : `. ${version} ${knownBad}`}`,
    why: 'When it is undone, the version before is remembered as the one that is meant to be live',
    targets: [traffic],
    run: async ({ops, log}) => log(`live: ${(await ops.release(release).rollable()).versionWords}`),
    undo: async ({ops}) => {
      const lost = await notBroughtBack(ops, release, batches.flat())
      if (lost.length > 0) throw new Error(`the others serve as before; not brought back: ${lost.join(', ')}`)
      // With one that is out, as there was before, there is no whole slot to remember.
      const placed = await ops.release(release).traffic()
      const isWhole = batches
        .flat()
        .every(({id}) => placed.some(one => one.instance === id && one.placement === 'serving'))
      if (isWhole) await ops.release(release).acceptLive()
    },
    idempotent: true,
    onUnknown: 'rerun',
  })

const roll = (facts: Facts, batch: readonly Instance[], nth: number): Step => {
  const {release, version, traffic, maxFailures} = facts
  const names = batch.map(one => one.id).join(', ')
  return step({
    id: `batch ${nth + 1}`,
    title: `Restart ${names} with ${version}`,
    why:
      nth === 0
        ? 'Alone: what is broken shows here, while all others serve'
        : `The others serve meanwhile; more than ${maxFailures} failures in all, and everything goes back`,
    targets: [...batch.map(one => `${one.id} on ${one.host}`), traffic],
    ...(nth === 0
      ? {
          confirm: {
            text: `Roll ${version} out over ${facts.slot} of ${release}, ${names} first?`,
            touches: [
              ...facts.batches.flat().map(one => `${one.id}: drain, stop, start ${version}, ready`),
              `way back: every instance again, as long as the way there; what ${version} wrote meanwhile stays`,
              ...(facts.notUndone ?? []).map(each => `not undone: ${each}`),
            ],
          },
        }
      : {}),
    check: async ({ops}) => ((await allServe(ops, release, batch, version)) ? 'done' : 'would change'),
    run: async ({ops, log, saved, save}) => {
      const failures: Failure[] = []
      const fail = (one: Instance) => (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        log(`${one.id} failed: ${reason}`)
        failures.push({id: one.id, reason})
      }
      const good = (one: Instance): boolean => failures.every(({id}) => id !== one.id)
      const at = ops.release(release)
      const todo: Instance[] = []
      // Of a batch that was cut off in its middle, what is done already is passed over.
      for (const one of batch)
        if (await allServe(ops, release, [one], version)) log(`${one.id} serves with ${version} already`)
        else todo.push(one)
      // Emptied one after the other, so that each sees who is left to serve; restarted together.
      for (const one of todo) await at.drainInstance(one.id).catch(fail(one))
      await Promise.all(todo.filter(good).map(one => at.restart(one.id, version).catch(fail(one))))
      for (const one of todo.filter(good)) await at.smokeInstance(one.id).catch(fail(one))
      for (const one of todo.filter(good)) await at.undrainInstance(one.id).catch(fail(one))
      const before = failedOf(Object.fromEntries(Object.entries(saved).filter(([key]) => key !== `failed ${nth + 1}`)))
      save(`failed ${nth + 1}`, await withPlaces(ops, release, failures))
      const all = [...before, ...failures]
      if (all.length > maxFailures)
        throw new Error(
          `${all.length} of ${facts.batches.flat().length} instances failed, at most ${maxFailures} may: ${all.map(one => `${one.id}: ${one.reason}`).join('; ')}`,
        )
    },
    // One that is lost keeps nobody else from going back; the last undo names it.
    undo: async ({ops, log}) => {
      for (const one of batch)
        await bringBack(ops, release, one).catch((error: unknown) =>
          log(`${one.id} was not brought back: ${error instanceof Error ? error.message : String(error)}`),
        )
    },
    // What is there decides: an instance that runs the version and serves is passed over.
    idempotent: true,
    onUnknown: 'rerun',
    timeout: '30m',
    stopCost: `${facts.before} and ${version} serve side by side`,
  })
}

async function allServe(ops: Ops, release: string, batch: readonly Instance[], version: string): Promise<boolean> {
  const traffic = await ops.release(release).traffic()
  const serving = batch.every(one => traffic.find(each => each.instance === one.id)?.placement === 'serving')
  if (!serving) return false
  const running = await Promise.all(batch.map(one => ops.release(release).isRunning(one.id, version)))
  return running.every(Boolean)
}

/** To the version and the place that it had; what did not answer before is emptied and stopped. */
async function bringBack(ops: Ops, release: string, one: Instance): Promise<void> {
  const at = ops.release(release)
  if (one.version === undefined) {
    await at.drainInstance(one.id)
    return at.stop(one.id)
  }
  if (!(await at.isRunning(one.id, one.version))) {
    await at.drainInstance(one.id)
    await at.restart(one.id, one.version)
  }
  if (one.serves) await at.undrainInstance(one.id)
}

/** Those that took traffic with a version and do not do so again, in words. */
async function notBroughtBack(ops: Ops, release: string, all: readonly Instance[]): Promise<readonly string[]> {
  const at = ops.release(release)
  const placed = await at.traffic()
  const lost: string[] = []
  for (const {id, version, serves} of all) {
    const place = placed.find(one => one.instance === id)
    const runs = version === undefined || (await at.isRunning(id, version))
    if (serves && version !== undefined && (!runs || place?.placement !== 'serving'))
      lost.push(`${id} (${place?.word ?? 'unknown'}${runs ? '' : `, without ${version}`})`)
  }
  return lost
}

async function withPlaces(ops: Ops, release: string, failures: readonly Failure[]): Promise<readonly Failure[]> {
  if (failures.length === 0) return []
  const placed = await ops.release(release).traffic()
  return failures.map(one => ({
    ...one,
    serves: placed.some(({instance, placement}) => instance === one.id && placement === 'serving'),
  }))
}

const wanted = (saved: Readonly<Record<string, unknown>>) =>
  failedOf(saved).length === 0 ? ('would change' as const) : {skip: 'not every instance serves it'}

const finish = ({release, version, slot, traffic, watch, maxErrorRate}: Facts): readonly Step[] => [
  step({
    id: 'accept',
    title: `Remember that ${slot} is meant to serve ${version}`,
    why: 'From now on anything else is a move by others',
    targets: [traffic],
    check: async ({saved}) => wanted(saved),
    run: async ({ops}) => ops.release(release).acceptLive(),
    idempotent: true,
    onUnknown: 'rerun',
  }),
  step({
    id: 'watch',
    title: `Monitor ${version} under live traffic`,
    why: `More than ${maxErrorRate * 100} % errors, or three failed probes in a row, and every instance goes back`,
    targets: [traffic],
    // With an instance out there is no whole slot to watch.
    check: async ({saved}) => wanted(saved),
    run: async ({ops, log, save}) => {
      const seen = await ops.release(release).watch(slot, watch)
      save('watch', seen)
      log(`${seen.verdict}: ${seen.reason}`)
      if (seen.verdict === 'bad') throw new Error(`${version} is bad under live traffic: ${seen.reason}`)
    },
    idempotent: true,
    onUnknown: 'rerun',
    timeout: '1d',
  }),
]
