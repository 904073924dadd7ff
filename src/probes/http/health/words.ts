import type {Health} from '../../../monitors/sample.ts'
import {remembered} from '../../../text/remembered.ts'

/**
 * The words by which software says how it is, from the documents of Spring Boot, ASP.NET, MicroProfile, IETF
 * health+json, Django, Go, Elasticsearch, Kubernetes, Consul, Statuspage, Kibana, Vault, systemd and others. Case,
 * dashes and underscores do not count.
 */
const WORDS: Readonly<Record<Health, string>> = {
  up: `ok, okay, pass, passed, passing, up, healthy, ready, alive, live, true, yes, connected, reachable, online, available,
    operational, running, active, working, success, successful, succeeded, good, green, normal, serving, started, fine,
    in service, in sync, synced, stable, pong, imok, valid, optimal, all systems operational, it works, i am alive, server available,
    circuit closed, ✓, ✔, ✅, ☑, 👍, 🟢, 💚`,
  degraded: `warn, warning, degraded, slow, partial, yellow, amber, orange, minor, limited, unstable, throttled, read only,
    readonly, recovering, rebalancing, lagging, stale, unknown, maintenance, under maintenance, partial outage,
    partially degraded service, degraded performance, starting, initializing, initialising, booting, loading, pending,
    warming up, warming, shutting down, stopping, draining, terminating, paused, suspended, restarting, rebooting, busy,
    overloaded, unassigned, reconnecting, retrying, half open, inactive, skipped, not configured,
    minority, reconciling, progressing, out of sync, settling, stalled, rebuilding, resyncing, syncing,
    circuit half open, circuit forced open, ⚠, 🟡, 🟠, 💛, 🚧`,
  down: `fail, failed, failing, failure, down, unhealthy, error, errored, critical, fatal, unavailable, disconnected, false,
    no, nok, ko, not ok, not ready, red, major, out of service, offline, outage, major outage, partial system outage,
    service unavailable, dead, stopped, exited, crashed, broken, bad, refused, unreachable, timeout, timed out, sealed,
    not serving, lost, blocked, exhausted, full, expired, invalid, corrupt, corrupted, missing, denied, panic, emergency,
    alert, err, crit, ko, timeout during health check, not responding, killed, rejected, aborted, fault, faulted, errored, evicted,
    crash loop back off, image pull back off, err image pull, server not available, internal server error, bad gateway, gateway timeout,
    circuit open, ✗, ✘, ✖, ❌, ❎, ⛔, 🚫, 👎, 🔴, 💔, 🔥, 💀`,
}

const HEALTH: ReadonlyMap<string, Health> = new Map(
  Object.entries(WORDS).flatMap(([health, words]) =>
    words.split(',').map(word => [word.trim().replace(/\s+/g, ' '), health as Health] as const),
  ),
)

const WORST: readonly Health[] = ['up', 'degraded', 'down']
export const worseOf = (one: Health, other: Health): Health =>
  WORST.indexOf(one) >= WORST.indexOf(other) ? one : other

const plain = (text: string): string =>
  text
    .toLowerCase()
    // A mark may ask to be drawn in colour.
    .replaceAll('\uFE0F', '')
    .replace(/[_\-\s]+/g, ' ')
    .replace(/^[\s"'([]+|[\s"')\].!]+$/g, '')

/** What a word or a short phrase means; undefined when it is not one that is known. `OUT_OF_SERVICE`, `unavailable: no route`. */
export const healthOfWord = remembered(readWord)

function readWord(text: string): Health | undefined {
  if (text.length > 2000) return undefined
  const whole = plain(text)
  const known = HEALTH.get(whole) ?? negated(whole) ?? enumerated(text) ?? inOneWord(text) ?? upFor(text)
  if (known !== undefined) return known
  // `unavailable: Unknown error`, `ok (12 ms)`: the word stands before what explains it.
  const [, head, rest] = /^([^:;,(|]+)[:;,(|](.*)$/s.exec(text) ?? []
  if (head === undefined || rest === undefined) return undefined
  const first = HEALTH.get(plain(head)) ?? negated(plain(head))
  return first && worseOf(first, worstWordIn(rest) ?? 'up')
}

const ABOUT_WHOM =
  /^(?:health|status|state|level|severity|global|overall|check|result|server|service|node|cluster|instance|app|is|in)_/i

/** A constant of a program that begins with what it speaks of: `HEALTH_ERR`, `NODE_STATUS_DEAD`, `SERVER_IS_NOT_READY`. */
function enumerated(text: string): Health | undefined {
  if (!/^\w+_\w+$/.test(text)) return undefined
  for (let rest = text; ABOUT_WHOM.test(rest); ) {
    rest = rest.replace(ABOUT_WHOM, '')
    const found = HEALTH.get(plain(rest)) ?? negated(plain(rest))
    if (found !== undefined) return found
  }
  return undefined
}

/** `OutOfSync`, `NotReady`, `CrashLoopBackOff`. */
function inOneWord(text: string): Health | undefined {
  if (!/^[A-Z]?[a-z]+(?:[A-Z][a-z]+)+$/.test(text)) return undefined
  const phrase = plain(text.replace(/([a-z])([A-Z])/g, '$1 $2'))
  return HEALTH.get(phrase) ?? negated(phrase)
}

/** Docker: `Up 3 minutes (unhealthy)`, `Up About an hour`. */
function upFor(text: string): Health | undefined {
  const [, note] =
    /^up (?:(?:about|less than) )?(?:an?|\d+) (?:second|minute|hour|day|week|month|year)s?(?: \(([\w: ]+)\))?$/i.exec(
      text.trim(),
    ) ?? []
  return note === undefined ? (/^up (?:about|less|an?|\d)/i.test(text) ? 'up' : undefined) : healthOfNote(note)
}
const healthOfNote = (note: string): Health => HEALTH.get(plain(note.replace(/^health: /, ''))) ?? 'degraded'

/** `not serving`, `isn't ready`, `no longer available`, `up 0`: the opposite of what is good. */
function negated(phrase: string): Health | undefined {
  if (/^(?:up|ok|healthy|ready|alive|live) (?:0|no|false)$/.test(phrase)) return 'down'
  const [, word] = /^(?:is )?(?:not|isn't|never|no longer) (?:(?:yet|currently|fully) )?(.+)$/.exec(phrase) ?? []
  return word !== undefined && HEALTH.get(word) === 'up' ? 'down' : undefined
}

/** The worst of the words in a sentence that are known and not good; undefined when there is none. */
export function worstWordIn(sentence: string): Health | undefined {
  const words = plain(sentence.slice(0, 2000)).split(/[^a-z']+/)
  let worst: Health | undefined
  for (const [index, word] of words.entries()) {
    const one = words[index - 1] ?? ''
    const before = /^(currently|yet|fully|really)$/.test(one) ? (words[index - 2] ?? '') : one
    const negates = /^(not|isn't|never|without)$/.test(before)
    const health = negates && HEALTH.get(word) === 'up' ? 'down' : HEALTH.get(word)
    // `no errors`, `0 failed`, `not degraded` say that all is well.
    const denied = negates || before === 'no' || before === '0'
    if (health === undefined || health === 'up' || word === 'no' || (denied && HEALTH.get(word) !== 'up')) continue
    worst = worst === undefined ? health : worseOf(worst, health)
  }
  return worst
}

/** Whether a sentence has a word that says that all is well. */
export const hasGoodWord = (sentence: string): boolean =>
  plain(sentence.slice(0, 2000))
    .split(/[^a-z']+/)
    .some(word => HEALTH.get(word) === 'up')
