import {runbook, step, z} from 'opsconsole'

/** For minutes of an incident: what users get is changed at the load balancer, and goes back by itself. */
export default runbook({
  name: 'traffic-control',
  summary: 'A maintenance answer, a pause, a drain, a block or a limit at the load balancer, until its time is over',
  description:
    'Emergency traffic controls: maintenance (503 with a page) · pause (requests wait) · drain or weigh one server · block ' +
    'or limit an address or a path. Each has a time after which the agent takes it off by itself, also when the console, ' +
    'this host or the run was killed meanwhile; end-traffic-control takes it off before. Given again, its time begins anew. ' +
    'What a load balancer cannot do is said before anything is asked.',
  params: z.object({
    control: z.enum(['maintenance', 'pause', 'drain', 'weigh', 'block', 'limit']).describe('What to do'),
    for: z
      .string()
      .regex(/^(\d+(ms|s|m|h))+$/, 'should be a duration such as 90s or 15m')
      .describe('After how long it is taken off, at most 24h'),
    release: z.string().optional().describe('Which release; optional when there is only one'),
    server: z.string().optional().describe('For drain and weigh: name of the instance'),
    percent: z.coerce
      .number()
      .int()
      .min(1)
      .max(99)
      .optional()
      .describe('For weigh: how much of its usual weight beside the others of its slot it keeps'),
    address: z.string().optional().describe('For block and limit: an address or network, such as 203.0.113.0/24'),
    path: z.string().optional().describe('For block and limit: the beginning of a path, such as /export'),
    perSecond: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('For limit: most requests a second from each address'),
    withoutAgent: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe('Put it on although no agent runs that would take it off'),
  }),
  danger: 'disruptive',
  // What moves servers waits for deploys and rollbacks, which move them too. An answer of the load balancer waits for nobody.
  locks: ({params}) => (params.control === 'drain' || params.control === 'weigh' ? ['releases'] : []),
  onFailure: 'undo',

  facts: async ({ops, params}) => {
    const release = ops.release(params.release)
    const {release: _, ...given} = params
    return {
      release: release.name,
      traffic: release.target,
      for: params.for,
      withoutAgent: params.withoutAgent,
      ...(await release.planControl(given)),
    }
  },

  plan: ({facts: {release, traffic, id, control, words, usersGet, command, forMs, withoutAgent, ...facts}}) => [
    step({
      id: 'on',
      title: `Put on: ${words}, for ${facts.for}`,
      why: `Users: ${usersGet}`,
      targets: [traffic],
      confirm: {
        text: `Put on for ${facts.for}: ${words} of ${release}?`,
        touches: [
          `${traffic}: ${command}`,
          `users: ${usersGet}`,
          withoutAgent
            ? `end: by nobody but you (withoutAgent); its time is over ${facts.for} after it was put on`
            : `end: taken off by the agent ${facts.for} after it was put on, or by you: run end-traffic-control -p control=${id}`,
        ],
      },
      run: async ({ops, save, saved}) => {
        // A run that is taken up again later does not begin its time anew.
        const until = (saved['until'] as number | undefined) ?? Date.now() + forMs
        save('until', until)
        await ops.release(release).putOnControl(control, until)
      },
      undo: async ({ops}) => ops.release(release).takeOffControl(id, {own: true}),
      idempotent: true,
      onUnknown: 'rerun',
    }),
  ],

  afterwards: ({facts: {release, id, words, withoutAgent}, saved, environment}) => {
    const until = new Date((saved['until'] as number | undefined) ?? 0).toISOString().slice(0, 16).replace('T', ' ')
    return [
      `${words} is on until ${until} UTC${withoutAgent ? '; nobody takes it off by itself' : ''}.`,
      `Take it off before: opsconsole run end-traffic-control -e ${environment} -p release=${release} -p control=${id}`,
    ]
  },
})
