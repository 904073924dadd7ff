import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Placement} from '../traffic-driver.ts'

/** A `server` line of the block, with where it stands in the text. */
export interface ServerLine {
  readonly address: string
  /** Parameters other than `down` and `weight`, in their order. */
  readonly others: readonly string[]
  readonly weight: number
  /** What the weight was before a run of ours changed it; the same as `weight` otherwise. */
  readonly ownWeight: number
  readonly placement: Placement
  /** Of the statement, with a remark of ours behind it. */
  readonly start: number
  readonly end: number
}

/** What we write behind a server that we changed: nginx has no word for a server that is to become empty. */
const REMARK = /^[ \t]*# opsconsole:( draining)?( own weight (\d+))?[ \t]*(?=\r?\n|$)/

/** The `server` lines of an upstream block. Raises `traffic/refused` when there is no such block, or two. */
export function parseUpstream(text: string, upstream: string): readonly ServerLine[] {
  const found: ServerLine[] = []
  let blocks = 0
  let inside = false
  let words: string[] = []
  let start = 0
  for (const token of tokens(text)) {
    if (words.length === 0) start = token.start
    if (token.text === '{') {
      inside = words.length === 2 && words[0] === 'upstream' && words[1] === upstream
      if (inside) blocks += 1
      words = []
    } else if (token.text === '}') {
      inside = false
      words = []
    } else if (token.text === ';') {
      if (inside && words[0] === 'server') found.push(serverLine(words, text, {start, end: token.end}))
      words = []
    } else words.push(token.text)
  }
  const twice = found.find(({address}, at) => found.findIndex(one => one.address === address) < at)
  if (twice !== undefined)
    throw new OpsError(
      'traffic/refused',
      `upstream ${escapeLine(upstream, 80)} has ${escapeLine(twice.address, 200)} twice, and nobody can tell them apart`,
    )
  if (blocks !== 1)
    throw new OpsError(
      'traffic/refused',
      `the file has ${blocks === 0 ? 'no block' : `${blocks} blocks`} \`upstream ${escapeLine(upstream, 80)}\``,
      {hint: 'Check traffic.file and traffic.upstream of the release in the configuration.'},
    )
  return found
}

function serverLine(
  [, address = '', ...parameters]: readonly string[],
  text: string,
  {start, end}: {readonly start: number; readonly end: number},
): ServerLine {
  const weightWord = parameters.find(word => word.startsWith('weight='))
  const weight = weightWord === undefined ? 1 : Number(weightWord.slice('weight='.length))
  const remark = REMARK.exec(text.slice(end))
  const down = parameters.includes('down')
  return {
    address,
    others: parameters.filter(word => word !== 'down' && word !== weightWord),
    weight,
    ownWeight: remark?.[3] === undefined ? weight : Number(remark[3]),
    placement: down ? (remark?.[1] === undefined ? 'off' : 'draining') : 'serving',
    start,
    end: end + (remark?.[0].length ?? 0),
  }
}

/** How a server is to stand in the file from now on. */
export interface Wanted {
  readonly placement: Placement
  readonly weight: number | 'own' | undefined
}

/** The text with the lines of these addresses rewritten, and every other byte as it was. */
export function withServers(text: string, lines: readonly ServerLine[], wanted: ReadonlyMap<string, Wanted>): string {
  let [result, at] = ['', 0]
  for (const line of lines) {
    const want = wanted.get(line.address)
    if (want === undefined) continue
    result += text.slice(at, line.start) + lineText(line, want)
    at = line.end
  }
  return result + text.slice(at)
}

function lineText(line: ServerLine, {placement, weight: asked}: Wanted): string {
  const weight = asked === 'own' ? line.ownWeight : (asked ?? line.weight)
  const words = [
    'server',
    line.address,
    ...(weight === 1 ? [] : [`weight=${weight}`]),
    ...line.others,
    ...(placement === 'serving' ? [] : ['down']),
  ]
  const remarks = [
    ...(placement === 'draining' ? ['draining'] : []),
    ...(weight === line.ownWeight ? [] : [`own weight ${line.ownWeight}`]),
  ]
  return `${words.join(' ')};${remarks.length === 0 ? '' : ` # opsconsole: ${remarks.join(' ')}`}`
}

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Words, quoted or not, and the three marks of nginx's syntax; comments are passed over. */
function* tokens(text: string): Generator<Token> {
  const pattern =
    /#[^\n]*|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{};]|(?:\\[\s\S]|\$\{[^}]*\}|[^\s{};#"'\\])(?:\\[\s\S]|\$\{[^}]*\}|[^\s{};\\])*/g
  for (const match of text.matchAll(pattern)) {
    const [word] = match
    if (word.startsWith('#')) continue
    const quoted = /^(["'])([\s\S]*)\1$/.exec(word)
    yield {text: quoted?.[2] ?? word, start: match.index, end: match.index + word.length}
  }
}
