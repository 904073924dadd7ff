import {runbook, step, z} from 'opsconsole'

/** The end of a way back: what a deploy kept running is stopped when its time is over. The agent runs this by itself. */
export default runbook({
  name: 'end-old-slot',
  summary: 'Stop the version that was kept for a rollback, when keepOldSlot is over',
  description:
    'A deploy leaves the version before running without traffic, so that a rollback takes seconds. When keepOldSlot is ' +
    'over, the agent runs this runbook; without an agent the next deploy takes the slot. Nothing is stopped that takes ' +
    'traffic, or that no run of ours left there.',
  params: z.object({
    release: z.string().optional().describe('Which release; optional when there is only one'),
    early: z.stringbool().or(z.boolean()).default(false).describe('End it although its time is not over'),
  }),
  danger: 'disruptive',
  locks: () => ['releases'],

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    const bound = await release.requireReady('restart')
    const old = await release.endable({early: params.early})
    return {release: release.name, traffic: release.target, bound, old}
  },

  plan: ({facts: {release, traffic, old}}) => [
    step({
      id: 'off',
      title: `Take ${old.slot} out of the load balancer`,
      why: `${old.version} stops being the way back; ${old.live.version} on ${old.live.slot} keeps all traffic`,
      targets: [traffic],
      run: async ({ops}) => ops.release(release).disableSlot(old.slot),
      undo: async ({ops}) => ops.release(release).enableChecksAndWait(old.slot, {again: false}),
    }),
    ...old.instances.map(({id, host}) =>
      step({
        id: `stop ${id}`,
        title: `Stop ${old.version} on ${id}`,
        why: 'It takes no traffic; from here on only a deploy brings it back',
        targets: [`${id} on ${host}`],
        run: async ({ops}) => ops.release(release).stop(id),
        undo: async ({ops}) => ops.release(release).restoreVersion(id, old.version),
        // Stopping what is stopped already does no harm.
        idempotent: true,
        onUnknown: 'rerun',
      }),
    ),
    step({
      id: 'note',
      title: `Remember that ${old.version} on ${old.slot} was ended`,
      why: 'A rollback then says so instead of looking for it',
      targets: [release],
      run: async ({ops}) => ops.release(release).noteEnded(old.slot),
      idempotent: true,
      onUnknown: 'rerun',
    }),
  ],

  afterwards: ({facts: {old, release}, environment}) => [
    `${old.version} on ${old.slot} is stopped. The way back is now: opsconsole run deploy -e ${environment} -p release=${release} -p version=${old.version}`,
  ],
})
