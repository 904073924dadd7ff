import {runbook, step, z} from 'opsconsole'

/** The end of an emergency traffic control. The agent runs this by itself when the time is over. */
export default runbook({
  name: 'end-traffic-control',
  summary: 'Take an emergency traffic control off again',
  description:
    'Users get what they usually get. The agent runs it when the time of a control is over; a person runs it before. A server ' +
    'that was drained gets its traffic back once it passed fresh checks. It only takes back, so a change freeze does not stop it.',
  params: z.object({
    control: z.string().describe('Which, as `releases` lists it: maintenance, pause, drain:blue1, block:/export'),
    release: z.string().optional().describe('Which release; optional when there is only one'),
  }),
  danger: 'safe',
  // As when it was put on: a server comes back when no deploy is moving servers.
  locks: ({params}) => (/^(drain|weigh):/.test(params.control) ? ['releases'] : []),

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    return {release: release.name, traffic: release.target, ...(await release.controlNamed(params.control))}
  },

  plan: ({facts: {release, traffic, id, words, command, run}}) => [
    step({
      id: 'off',
      title: `Take off: ${words}`,
      why: `Run ${run} put it on; from here on users get what they usually get: ${command}`,
      targets: [traffic],
      run: async ({ops}) => ops.release(release).takeOffControl(id),
      idempotent: true,
      onUnknown: 'rerun',
    }),
  ],

  afterwards: ({facts: {words, release}}) => [`${words} of ${release} is off.`],
})
