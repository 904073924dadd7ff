import {z} from 'zod'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {TrafficServer, TrafficState} from '../traffic-driver.ts'
import {readState} from './read-state.ts'
import type {CommandTrafficSpec} from './schema.ts'

const count = z.number().int().nonnegative()

const serverSchema = z.strictObject({
  name: z.string().min(1),
  placement: z.enum(['serving', 'draining', 'off']),
  /** False: the platform finds it bad and sends it nothing. */
  healthy: z.boolean().default(true),
  /** What the platform says of it, for people. */
  detail: z.string().default(''),
  weight: z.number().nonnegative().optional(),
  sessions: count.optional(),
  responses: count.optional(),
  errors: count.optional(),
  refused: count.optional(),
})

const stateSchema = z.strictObject({servers: z.array(serverSchema), unserved: count.default(0)})

type Printed = z.infer<typeof serverSchema>

type StateSpec = Pick<CommandTrafficSpec, 'state' | 'drain' | 'counts'> &
  Partial<Pick<CommandTrafficSpec, 'read' | 'ids'>>

/** What the program printed. Raises `traffic/refused` for what is not exactly that: a guess would move traffic. */
export function parseState(text: string, spec: StateSpec): TrafficState {
  const wrong = (what: string): OpsError =>
    new OpsError('traffic/refused', `${escapeLine(spec.state.join(' '), 200)} printed ${what}`, {
      hint: 'What it should print is in docs/releases.md.',
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong(`no JSON: ${escapeLine(text.trim(), 200) || 'nothing'}`)
  }
  const read = spec.read === undefined ? value : readState(value, spec.read, spec.ids ?? {})
  if (typeof read === 'object' && read !== null && 'wrong' in read && spec.read !== undefined)
    throw wrong(`${String(read.wrong)}: ${escapeLine(text.trim(), 200)}`)
  const parsed = stateSchema.safeParse(read)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw wrong(
      `JSON that is not understood at ${escapeLine(issue?.path.join('.') ?? '', 100) || 'its top'}: ${escapeLine(issue?.message ?? '', 200)}`,
    )
  }
  const {servers, unserved} = parsed.data
  const lacking = servers.flatMap(server => lackOf(server, spec) ?? [])
  if (lacking[0] !== undefined) throw wrong(lacking[0])
  const names = new Set(servers.map(({name}) => name))
  if (names.size < servers.length) throw wrong('the same server twice')
  return {servers: new Map(servers.map(server => [server.name, serverOf(server)])), unserved}
}

/** What the configuration promises and the program did not print: taken for zero it would be a lie. */
function lackOf(server: Printed, {drain, counts}: Pick<CommandTrafficSpec, 'drain' | 'counts'>): string | undefined {
  const name = escapeLine(server.name, 80)
  if (drain && server.placement === 'draining' && server.sessions === undefined)
    return `no sessions of ${name}, which is draining; set traffic.drain to false where nobody counts them`
  if (counts && (server.responses === undefined || server.errors === undefined))
    return `no responses and errors of ${name}; set traffic.counts to false where nobody counts them`
  return undefined
}

function serverOf({name, placement, healthy, detail, weight, sessions, ...counted}: Printed): TrafficServer {
  const word = {serving: 'UP', draining: 'DRAIN', off: 'OFF'}[placement]
  return {
    name,
    placement,
    word: `${healthy ? word : 'DOWN'}${weight === undefined ? '' : `, weight ${weight}`}`,
    fresh: true,
    failing: !healthy,
    check: escapeLine(detail, 200) || (healthy ? 'healthy' : 'unhealthy'),
    ...(sessions === undefined ? {} : {sessions}),
    ...(weight === undefined ? {} : {weight}),
    responses: counted.responses ?? 0,
    errors: counted.errors ?? 0,
    ...(counted.refused === undefined ? {} : {refused: counted.refused}),
  }
}
