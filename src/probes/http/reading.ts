import {messageOf} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {BODY_LIMIT} from './body.ts'
import {type HealthDocument, readHealthDocument} from './health/document.ts'
import {readHealthText} from './health/text.ts'
import type {Answer} from './exchange.ts'
import type {HttpProbeSpec} from './schema.ts'

/** What a body says: the same for the same bytes, whenever they come. */
export interface Reading {
  readonly json: {readonly value?: unknown; readonly problem?: string}
  readonly document: HealthDocument | undefined
}

export type ReadSpec = Pick<HttpProbeSpec, 'url' | 'expect' | 'words'>

const pathOf = ({url}: ReadSpec): string => new URL(url).pathname

export function readAnswer(answer: Answer, spec: ReadSpec, path = pathOf(spec)): Reading {
  const json = parseJson(answer)
  if (json.value !== undefined) return {json, document: readHealthDocument(json.value, spec.words, path)}
  // Whoever says what the body must be has understood it.
  if (spec.expect.body !== undefined) return {json, document: undefined}
  const contentType = answer.headers['content-type'] ?? ''
  return {json, document: readHealthText(answer.body, {path, contentType, words: spec.words})}
}

/** A longer body is hardly the same twice, and there are thousands of targets. */
const LONGEST_KEPT = 2048

/** Reads the answers of one target. One that is the same as the last, byte for byte, as of a service that is well, is not read again. */
export function answerReader(spec: ReadSpec): (answer: Answer) => Reading {
  const path = pathOf(spec)
  let last:
    | {readonly answer: Pick<Answer, 'body' | 'cut' | 'unreadable'>; type: string | undefined; reading: Reading}
    | undefined
  return answer => {
    const {body, cut, unreadable} = answer
    const type = answer.headers['content-type']
    const isSame =
      last?.answer.body === body &&
      last.answer.cut === cut &&
      last.answer.unreadable === unreadable &&
      last.type === type
    if (last && isSame) return last.reading
    const reading = readAnswer(answer, spec, path)
    last = body.length > LONGEST_KEPT ? undefined : {answer: {body, cut, unreadable}, type, reading}
    return reading
  }
}

/** A list of Kubernetes' checks begins with a bracket as well: `[+]ping ok`. */
const LIKE_JSON = /^\s*(?:\{|\[\s*(?:[\]"{[\dtfn]|-\d|$))/

/** Put before JSON so that a browser cannot run it as a script. */
const GUARD = /^\s*(?:\)\]\}',?|for ?\(;;\);|while ?\(1\);)\s*/

/** What begins like JSON, or is called so, must be JSON: a half document says nothing that can be believed. */
function parseJson(answer: Answer): Reading['json'] {
  if (answer.unreadable !== undefined || answer.body.trim() === '') return {}
  const called = /[/+]json\b/i.test(answer.headers['content-type'] ?? '')
  if (!called && !LIKE_JSON.test(answer.body.replace(GUARD, ''))) return {}
  if (answer.cut) return {problem: `its JSON is longer than ${BODY_LIMIT / 1024} KB and was not read`}
  try {
    return {value: JSON.parse(answer.body.replace(GUARD, '')) as unknown}
  } catch (error) {
    return {problem: `its JSON cannot be read: ${escapeLine(messageOf(error), 100)}`}
  }
}
