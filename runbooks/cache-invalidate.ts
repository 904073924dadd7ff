import {runbook, step, z} from 'opsconsole'

/** Removes the keys of a named event, with SCAN and UNLINK in small batches: other clients do not notice. */
export default runbook({
  name: 'cache-invalidate',
  summary: 'Remove the cache keys that an event makes stale',
  description:
    'Events and their key patterns are in the configuration. Placeholders such as {id} are filled from `values`; a value only ' +
    'ever matches itself, even when it contains an asterisk. The keys are counted before anything is removed.',
  params: z.object({
    event: z.string().describe('Name of the event, such as RESUME_UPDATED'),
    values: z
      .string()
      .default('')
      .describe('Values for the placeholders: id=42,user=7; or a JSON object when a value contains a comma'),
    cache: z.string().optional().describe('Which cache; optional when there is only one'),
  }),
  danger: 'disruptive',
  locks: ({params}) => [`cache-event:${params.event}`],

  // Only what is asked for: the number of keys changes every second and would stop the run as drift.
  facts: async ({ops, params}) => {
    const cache = ops.cache(params.cache)
    const patterns = cache.patterns(params.event, params.values)
    await cache.requireReady()
    return {cache: cache.name, target: cache.target, patterns, reach: cache.reach(params.event, patterns)}
  },

  plan: ({params, facts}) => [
    step({
      id: 'count',
      title: `Count the keys of ${params.event}`,
      why: 'Whoever confirms should know how many keys will be removed',
      readOnly: true,
      targets: [facts.target],
      run: async ({ops, log, save}) => {
        const {total, byPattern} = await ops.cache(facts.cache).count(facts.patterns)
        for (const {pattern, keys} of byPattern) log(`${keys} keys match ${pattern}`)
        log(`${total} keys will be removed`)
        save('counted', total)
      },
    }),

    step({
      id: 'remove',
      title: `Remove the keys of ${params.event}`,
      why: [
        'The next request reads them again; until then the database does more work',
        ...(facts.reach.beyond.length === 0
          ? []
          : [`It reaches beyond the namespaces of ${params.event}: ${facts.reach.beyond.join(', ')}`]),
      ].join('. '),
      targets: [facts.target],
      confirm: {
        text: `Remove every key of ${facts.cache} that matches, as counted in the step before?`,
        touches: [
          ...facts.patterns,
          ...facts.reach.namespaces.map(
            namespace =>
              `namespace ${namespace}${facts.reach.beyond.includes(namespace) ? `, beyond those of ${params.event}` : ''}`,
          ),
        ],
      },
      check: async ({ops, log}) => {
        const {total} = await ops.cache(facts.cache).count(facts.patterns)
        log(`${total} keys would be removed`)
        return total === 0 ? 'done' : 'would change'
      },
      run: async ({ops, log, save}) => {
        const removed = await ops.cache(facts.cache).remove(facts.patterns)
        log(`${removed} keys removed`)
        save('removed', removed)
      },
      // Removing what is gone already is harmless.
      idempotent: true,
      onUnknown: 'rerun',
      timeout: '30m',
    }),
  ],

  afterwards: ({params, facts, saved}) => [
    `${Number(saved['removed'] ?? 0)} keys of ${params.event} were removed from ${facts.cache}; ${Number(saved['counted'] ?? 0)} were counted before.`,
  ],
})
