import type {Check} from '../../../monitors/sample.ts'
import {keyTest} from '../../../text/remembered.ts'
import {readCheck} from './checks.ts'
import {figureTrouble} from './measure.ts'
import {hasKey, isAboutItself, isObject, isVerdictKey, type Json, type OwnWords, statementOf} from './statement.ts'
import {healthOfWord, worstWordIn} from './words.ts'

/** What a document says of itself that is not its health. */
const ABOUT = keyTest(
  /^(name|version|release(id)?|commit|build|branch|revision|env(ironment)?|message|description|notes?|links?|title|host(name)?|time(stamp)?|date|uptime|role|region|zone|node|cluster(_?name)?|service(_?(id|name))?|app(lication)?|id|uuid|mode|type|profile|stage|tier|lang(uage)?|locale|output)$/i,
)
/** What an application depends on. */
const DEPENDENCY = keyTest(
  /(^|[^a-z])(db|database|sql|postgres\w*|pg|mysql|maria\w*|mongo\w*|redis|cache|queue|rabbit\w*|kafka|nats|amqp|smtp|mail|s3|storage|disk|search|elastic\w*|vault|auth|api|worker|scheduler|broker)([^a-z]|$)/i,
)

/** What is open is not asked any more. */
const CIRCUIT = keyTest(/circuit|(^|[^a-z])breakers?([^a-z]|$)/i)

/** What fills up. */
const RESOURCE = keyTest(/^(mem(ory)?|heap|disk|cpu|storage|swap|inodes?|file_?system)([^a-z]|usage|$)/i)

/** Solr: 0 is good; without ZooKeeper it only seems so. */
function solrHeader(key: string, {status, zkConnected}: Json): Check {
  const detail = zkConnected === false ? 'zkConnected is false' : `status ${JSON.stringify(status) ?? 'is missing'}`
  return {name: key, status: status === 0 ? (zkConnected === false ? 'degraded' : 'up') : 'down', detail}
}

/**
 * Checks that stand beside each other without a section around them, as Django, Grafana and many a hand-written end
 * point have them: what says a word that is known, and what a dependency is called and has a yes or a no.
 */
export function flatChecks(document: Json, words: OwnWords): readonly Check[] {
  const speaks = hasKey(document, isVerdictKey)
  const checks: Check[] = []
  for (const key in document) {
    if (ABOUT.test(key) || isAboutItself(key)) continue
    const check = flatCheck(key, document[key], {speaks, words})
    if (check !== undefined) checks.push(check)
  }
  return checks
}

/** What one field says that stands for itself. `speaks`: a word of health stands beside it. */
function flatCheck(
  key: string,
  value: unknown,
  {speaks, words}: {readonly speaks: boolean; readonly words: OwnWords},
): Check | undefined {
  if (key === 'responseHeader' && isObject(value)) return solrHeader(key, value)
  if (typeof value === 'string' && CIRCUIT.test(key)) return readCheck(key, words[value] ?? `circuit ${value}`, words)
  const isCheck =
    typeof value === 'string'
      ? isWordOfCheck(key, value, words)
      : typeof value === 'boolean'
        ? DEPENDENCY.test(key)
        : isObject(value) && hasKey(value, isVerdictKey) && statementOf(value, words) !== undefined
  return isCheck || (speaks && isBesideGoodWord(key, value)) ? readCheck(key, value, words) : undefined
}

const isWordOfCheck = (key: string, value: string, words: OwnWords): boolean =>
  (words[value] ?? healthOfWord(value)) !== undefined || (DEPENDENCY.test(key) && /status|health|state/i.test(key))

/** `{redis: "down since 3m"}`, `{db: "ERR_CONN_REFUSED"}`, `{disk: "97%"}` beside a word that says how it is. */
const isBesideGoodWord = (key: string, value: unknown): boolean =>
  (typeof value === 'string' && DEPENDENCY.test(key) && worstWordIn(value) !== undefined) ||
  (RESOURCE.test(key) && figureTrouble(key, value) !== undefined)
