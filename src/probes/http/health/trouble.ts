import type {Check, Health} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import {keyTest, remembered} from '../../../text/remembered.ts'
import {nameOf} from './checks.ts'
import {isObject, type Json} from './statement.ts'
import {healthOfWord, worstWordIn} from './words.ts'

// Bad news that stands deep in a document: of a node in a list of nodes, of a shard in a collection of a cluster. Looked for
// only in what else says that all is well, so that a product nobody listed is not up either.

/** An answer larger than this is somebody's data. */
const MOST_VALUES = 5000
const DEEPEST = 10
const LONGEST_LINE = 100

/** Words that nobody has for an order, a user or an article. */
const STRONG =
  /^(down|unhealthy|dead|unreachable|crashed|degraded|not ready|notready|out of service|not serving|faulted|red|yellow|nok|disconnected|fatal)$/
/** Words that are usual for what is not in use. */
const QUIET = /^(unknown|inactive|skipped|not configured|paused|suspended|pending|maintenance|no|false)$/
/** Keys that speak of a state: `status`, `node_status`, `state_name`, `stateStr`, `HealthStatus`. */
const STATE = /(^|_)(status|state|health|condition)(_?(name|str|text|code))?$/i
const HEALTHY = keyTest(/^(is_?)?(healthy|alive|reachable|host_?alive)$/i)
const HEALTHY_MACHINE = keyTest(/^(is_?)?(connected|online|up|running|ok|ready)$/i)
/** Addresses and sections of infrastructure: every bad word in them is one. */
export const ABOUT_MACHINES =
  /(^|[/_.-])(health\w*|ready\w*|live\w*|status\w*|nodes?|clusters?|members?|peers|replicas?|shards?|servers?|workers?|brokers?|upstreams?|topology|drives?|disks?|stores?|tablets?|agents?|runners?|hosts?|endpoints?|regions?)([/_.-]|$)/i

/** The same of a key; addresses are as many as there are targets. */
const MACHINES = keyTest(ABOUT_MACHINES)

/** Conditions by name, as Longhorn has them: `{Ready: {status: "False"}}`. */
const CONDITIONS = keyTest(/^(ready|available|healthy)$/i)
const isFalse = (said: unknown): boolean => said === false || (typeof said === 'string' && /^false$/i.test(said))
/** `unavailableReplicas: 2`, `dead_nodes: ["a"]`, `NumDeadDataNodes: 1`, `nodes_down: [1]`: none would be right. */
const BAD =
  'dead|down|unhealthy|unreachable|failed|offline|leaderless|under replicated|lost|missing|corrupt|unavailable|stale'
const THINGS =
  'nodes?|members?|servers?|peers?|replicas?|partitions?|tablets?|agents?|slaves?|shards?|hosts?|brokers?|workers?|instances?|blocks?|disks?|drives?|regions?|osds?|stores?|volumes?'
const TROUBLE = new RegExp(
  `\\b(${BAD}) (\\w+ )?(${THINGS})\\b|\\b(${THINGS}) (${BAD})$|\\bunhealthy\\b|^(active )?alarms$`,
)

/** Lists of what is wrong, where health is asked for. */
const WRONG = /^(issues|problems|failures|(degraded|failure|unhealthy|not ready) reasons?)$/
const NO_ERROR = /^(|0|-|none|nil|null|no errors?|n\/a|ok)$/i

/** What stands somewhere in a document and is bad. */
export function troubleIn(document: unknown, path: string): readonly Check[] {
  const found: Check[] = []
  let left = MOST_VALUES
  const add = (name: string, status: Check['status'], detail: string): void => {
    found.push({name: escapeLine(name, 60), status, detail: escapeLine(detail, 160)})
  }
  const walk = (value: unknown, name: string, machines: boolean, depth: number): void => {
    left -= 1
    if (left < 0 || depth > DEEPEST) return
    if (Array.isArray(value)) {
      value.forEach((one, index) => walk(one, isObject(one) ? entryName(one, index, name) : name, machines, depth + 1))
      return
    }
    if (!isObject(value)) return
    for (const key in value) {
      const said = value[key]
      const label = name === '' ? key : name
      if (isObject(said) && CONDITIONS.test(key) && isFalse(said['status'])) add(label, 'down', `${key} is False`)
      else if (isTrouble(key, said) || (machines && isWrong(key, said)))
        add(label, 'degraded', `${key} ${plainly(said)}`)
      else if (typeof said === 'object') walk(said, wayTo(name, key, said), machines || MACHINES.test(key), depth + 1)
      else if ((HEALTHY.test(key) || (machines && HEALTHY_MACHINE.test(key))) && (said === false || said === 'false'))
        add(label, 'down', `${key} is false`)
      else if (machines && name !== '' && ERROR.test(key) && typeof said === 'string' && !NO_ERROR.test(said))
        add(label, 'degraded', `error ${said}`)
      else if (machines && depth > 0 && OUTCOME.test(key) && /^$|health|check|probe/i.test(name)) {
        const word = typeof said === 'string' ? said : ''
        const health = healthOfWord(word)
        if (health !== undefined && health !== 'up') add(label, health, word)
      } else if (said === 0 && /^health$/i.test(key)) add(label, 'down', `${key} is 0`)
      else if (typeof said === 'string' && isState(key)) {
        const health = healthIn(said, machines || SPEAKS_OF_HEALTH.test(key))
        if (health !== undefined) add(label, health, explained(said, value))
      }
    }
  }
  walk(document, '', ABOUT_MACHINES.test(path), 0)
  if (ABOUT_MACHINES.test(path) && Array.isArray(document))
    for (const said of document)
      if (typeof said === 'string' && said.length <= LONGEST_LINE && worstWordIn(said) !== undefined)
        add(said, 'degraded', said)
  return found
}

/** `shop/10.0.0.1:80`, and not `shop/peers/10.0.0.1:80`: what an entry is called by says more than its list. */
const wayTo = (name: string, key: string, said: unknown): string =>
  Array.isArray(said) || MACHINES.test(key) ? name : key
const entryName = (one: Json, index: number, parent: string): string => {
  const own = nameOf(one, index)
  return parent === '' ? own : `${parent}/${own}`
}

/** What a word of a state means where it stands; undefined when it is none, or good. */
const healthIn = (said: string, machines: boolean): Health | undefined =>
  machines ? healthOfMachine(said) : healthOfAnything(said)

const plain = (said: string): string => said.trim().toLowerCase().replace(/[_-]/g, ' ')
const healthOfAnything = remembered((said): Health | undefined => {
  const word = plain(said)
  return word.split(/[,;]\s*/).some(part => STRONG.test(part)) ? (healthOfWord(word) ?? 'degraded') : undefined
})
const healthOfMachine = remembered((said): Health | undefined => {
  const strong = healthOfAnything(said)
  if (strong !== undefined || QUIET.test(plain(said))) return strong
  const health = healthOfWord(said)
  return health === 'up' ? undefined : health
})

const isState = remembered(key => STATE.test(inWords(key, '_')))
const isTroubleKey = remembered(key => TROUBLE.test(inWords(key, ' ')))
const SPEAKS_OF_HEALTH = keyTest(/health/i)
const ERROR = keyTest(/^error$/i)
const OUTCOME = keyTest(/^(result|outcome|verdict)$/i)

function isTrouble(key: string, said: unknown): boolean {
  if (typeof said === 'number' ? said <= 0 : !Array.isArray(said) || said.length === 0) return false
  return isTroubleKey(key)
}

const isWrong = (key: string, said: unknown): boolean =>
  Array.isArray(said) && said.length > 0 && WRONG.test(inWords(key, ' '))

/** `nodesDown`, `nodes_down`, `nodes-down`. */
const inWords = (key: string, between: string): string =>
  key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[\s_-]+/g, between)
    .toLowerCase()

const plainly = (said: unknown): string =>
  Array.isArray(said)
    ? said.map(one => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(', ')
    : String(said)

/** The word, and what is said beside it. */
function explained(said: string, value: Json): string {
  const why = Object.entries(value)
    .filter(
      ([key, one]) => /^(last_?)?(error|message|reason|detail|output|cause)$/i.test(key) && typeof one === 'string',
    )
    .map(([, one]) => String(one))
  return [said, ...why].filter(part => part !== '').join(', ')
}
