import {runbook, step, type Step, type StepContext, z} from 'opsconsole'

/** The first page at 03:12: probes everything once, changes nothing, continues when a part does not answer. */
export default runbook({
  name: 'diagnose',
  summary: 'Check everything once: services, traffic, databases, caches, logs, disk, clocks',
  description:
    'Reads only, so anybody may run it at any time. What does not answer is said and passed over. The lines at the ' +
    'end list what looked wrong, what users notice first.',
  params: z.object({
    lines: z.coerce.number().int().min(1).max(200).default(8).describe('Log lines of each instance'),
  }),
  danger: 'safe',

  facts: async ({ops, params}) => ({
    services: ops.names('service'),
    databases: ops.names('database'),
    caches: ops.names('cache'),
    releases: ops.names('release'),
    lines: params.lines,
  }),

  plan: ({facts}) => [
    lookAtEach('service', facts.services, 'What users get'),
    traffic(facts),
    lookAtEach('database', facts.databases, 'What the services depend on'),
    lookAtEach('cache', facts.caches, 'What keeps the load off the databases'),
    logs(facts),
    host(),
    clocks(facts),
  ],

  afterwards: ({saved}) => {
    const wrong = ['service', 'traffic', 'database', 'cache', 'host', 'clocks'].flatMap(
      part => (saved[part] as string[] | undefined) ?? [],
    )
    return wrong.length === 0 ? ['Nothing looks wrong.'] : wrong.map(line => `Look at: ${line}`)
  },
})

interface Facts {
  readonly databases: readonly string[]
  readonly releases: readonly string[]
  readonly lines: number
}

const given = (names: readonly string[], what: string) => ({ok: names.length > 0, reason: `no ${what} is configured`})

const lookAtEach = (kind: 'service' | 'database' | 'cache', names: readonly string[], why: string): Step =>
  step({
    id: kind,
    title: `Probe every ${kind}`,
    why,
    readOnly: true,
    when: given(names, kind),
    run: async context => {
      const {ops, log, save} = context
      const wrong: string[] = []
      for (const name of names)
        await passing(context, wrong, `${kind} ${name}`, async () => {
          const found = await ops.probe(kind, name)
          log(`${found.status.padEnd(8)}  ${name}  ${Math.round(found.latencyMs)}ms  ${found.reason}`)
          for (const check of found.checks.filter(one => one.status !== 'up'))
            log(`          ${check.name}: ${check.status}, ${check.detail}`)
          if (found.status !== 'up') wrong.push(`${kind} ${name} is ${found.status}: ${found.reason}`)
        })
      save(kind, wrong)
    },
  })

const traffic = ({releases}: Facts): Step =>
  step({
    id: 'traffic',
    title: 'Check slots, versions and traffic of every release',
    why: 'Most incidents begin with the last change; this shows whether it can be undone',
    readOnly: true,
    when: given(releases, 'release'),
    run: async context => {
      const {ops, log, save} = context
      const wrong: string[] = []
      for (const name of releases)
        await passing(context, wrong, `release ${name}`, async () => {
          const [slots, servers] = [await ops.release(name).slots(), await ops.release(name).traffic()]
          for (const slot of slots) {
            log(`${name} ${slot.name}: ${slot.role}, ${slot.version ?? 'no common version'}`)
            for (const one of slot.instances) {
              const seen = servers.find(server => server.instance === one.id)
              log(
                `  ${one.id}: ${one.state}, ${one.version ?? 'no version'}, ${one.reason}, ${seen?.word}, ${seen?.sessions ?? 'unknown'} requests`,
              )
              if (one.state === 'down' && slot.role !== 'idle') wrong.push(`${one.id} of ${slot.name} ${one.reason}`)
            }
          }
          const {ready, reason} = await ops.release(name).rollback()
          log(`a rollback is ${ready ? 'ready' : 'not ready'}: ${reason}`)
        })
      save('traffic', wrong)
    },
  })

const logs = ({releases, lines}: Facts): Step =>
  step({
    id: 'logs',
    title: `Read the last ${lines} log lines of every instance`,
    why: 'The reason is often written there',
    readOnly: true,
    when: given(releases, 'release'),
    run: async context => {
      const {ops, log} = context
      for (const name of releases) {
        for (const id of ops.release(name).instanceNames)
          await passing(context, [], `logs of ${id}`, async () => {
            const last = await ops.release(name).logs(id, lines)
            log(last === undefined ? `${id}: no command for logs is configured` : `${id}:`)
            for (const line of last ?? []) log(`  ${line}`)
          })
      }
    },
  })

const host = (): Step =>
  step({
    id: 'host',
    title: 'Look at disk, memory and load of this host',
    why: 'A full disk looks like everything else',
    readOnly: true,
    run: async ({$, log, save}) => {
      const reads = $({reads: true, nothrow: true})
      const wrong: string[] = []
      const table = (await reads`df -P -l`.quiet()).stdout.trim().split('\n').slice(1)
      for (const line of table.filter(one => /^(?:\/|overlay)/.test(one))) {
        const [, , , , used = '', mount = ''] = line.split(/\s+/)
        log(`disk ${mount}: ${used} used`)
        if (Number.parseInt(used, 10) >= 90) wrong.push(`the disk of ${mount} is ${used} full`)
      }
      await reads`uptime`
      await reads`free -m`
      save('host', wrong)
    },
  })

const clocks = ({databases}: Facts): Step =>
  step({
    id: 'clocks',
    title: 'Compare the clocks of this host and of the databases',
    why: 'Clocks apart make logs, tokens and certificates lie',
    readOnly: true,
    when: given(databases, 'database'),
    run: async context => {
      const {ops, log, save} = context
      const wrong: string[] = []
      for (const name of databases)
        await passing(context, wrong, `clock of ${name}`, async () => {
          const sent = Date.now()
          const [row] = await ops.database(name).query('select extract(epoch from clock_timestamp()) * 1000 as ms')
          const seconds = Math.round(Math.abs(Number(row?.['ms']) - (sent + Date.now()) / 2) / 100) / 10
          log(`${name}: ${seconds} s apart from this host`)
          if (seconds >= 2) wrong.push(`the clock of database ${name} is ${seconds} s apart from this host`)
        })
      save('clocks', wrong)
    },
  })

/** What does not answer is a finding, not the end of the page. */
async function passing(
  {log, signal}: StepContext,
  wrong: string[],
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    signal.throwIfAborted()
    const reason = `${what}: ${error instanceof Error ? error.message : String(error)}`
    log(reason)
    wrong.push(reason)
  }
}
