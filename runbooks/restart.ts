import {runbook, step, z} from 'opsconsole'

/** One instance after the other: empty it, restart it, prove it, give its traffic back. The others serve meanwhile. */
export default runbook({
  name: 'restart',
  summary: 'Restart the instances of a slot one at a time, without a failed request',
  description:
    'For an instance that leaks, hangs or should read its settings again. Every instance is drained first, restarted ' +
    'with the version that it runs, and takes traffic again only after fresh checks. When one does not come back, the ' +
    'rest is left alone.',
  params: z.object({
    release: z.string().optional().describe('Which release; optional when there is only one'),
    slot: z.string().optional().describe('Which slot; the live one when left out'),
  }),
  danger: 'disruptive',
  locks: () => ['releases'],

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    const bound = await release.requireReady('restart')
    return {release: release.name, traffic: release.target, bound, ...(await release.restartable(params.slot))}
  },

  plan: ({facts}) =>
    facts.instances.map(({id, host, version}) =>
      step({
        id: `restart ${id}`,
        title: `Restart ${id} (${version})`,
        why: facts.isLive ? 'It gets no new requests meanwhile; the others serve' : 'It takes no traffic',
        targets: [`${id} on ${host}`, facts.traffic],
        confirm: {
          text: `Restart ${id}?`,
          touches: [facts.isLive ? `${id}: drain, stop, start, ready` : `${id}: stop, start`],
        },
        run: async ({ops}) => {
          const release = ops.release(facts.release)
          if (facts.isLive) await release.drainInstance(id)
          await release.restart(id, version)
          if (facts.isLive) await release.undrainInstance(id)
        },
        verify: async ({ops}) => ops.release(facts.release).isRunning(id, version),
        timeout: '10m',
        stopCost: 'the instances after this one keep running as they are',
      }),
    ),

  onFailure: 'leave',
  afterwards: ({facts}) => [`Restarted ${facts.instances.map(one => one.id).join(', ')}; none of them lost a request.`],
})
