import {randomBytes} from 'node:crypto'
import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {Remote, RemoteEnd, RemoteTools} from './remote.ts'
import {type Notes, markerReader} from './remote-notes.ts'
import {ANSWER, commandScript, endScript, findScript} from './remote-script.ts'

/** How one host is spoken to. */
export interface Way {
  readonly host: string
  /** The local command line that sends the command. */
  readonly send: (command: string) => string
  /** The argument list that asks something beside it: over the same connection if there is one, never making one that stays. */
  readonly ask: (command: string) => readonly string[]
}

/** For one answer of a host that is asked while something is to be stopped. */
const ANSWER_MS = 4_000
/** Beyond the grace, for KILL and for naming what is left. */
const BEYOND_GRACE_MS = 4_000

/** One command on one host: knows its process and group there, ends it there, and tells its exit code from ssh's. */
export function remoteCommand(text: string, way: Way): Remote {
  const tag = `opsconsole-${randomBytes(9).toString('hex')}`
  let notes: Notes = {began: undefined, ended: undefined}
  const tell = (more: Partial<Notes>): void => {
    notes = {...notes, ...more}
  }
  const readers = {out: markerReader(tag, tell), err: markerReader(tag, tell)}
  const conversation = {way, tag, notes: () => notes}
  return {
    text: way.send(commandScript(text, tag)),
    said: `ssh ${way.host} ${text}`,
    takeMarkers: (stream, bytes) => readers[stream].push(bytes),
    rest: stream => readers[stream].rest(),
    stop: (tools, cut) => stopThere(conversation, tools, cut),
    end: (code, tools, stopped) => endOf(conversation, code, {tools, stopped}),
  }
}

interface Conversation {
  readonly way: Way
  readonly tag: string
  readonly notes: () => Notes
}

/** What of a command is there. */
interface Found {
  /** Its group, or tagged processes without a group of their own, or neither. */
  readonly kind: 'group' | 'single' | 'none'
  readonly pids: readonly number[]
  /** What has left its group, when that is gone. */
  readonly left: readonly string[]
}

async function stopThere(conversation: Conversation, tools: RemoteTools, cut: () => Promise<unknown>): Promise<string> {
  const {way, notes} = conversation
  const began = performance.now()
  try {
    let found = await find(conversation, tools, true)
    if (found.kind === 'none' && !notes().began) {
      // It may just be on its way: nothing more is sent now, so a second look is the last word.
      await cut()
      found = await find(conversation, tools, true)
    }
    if (found.kind === 'none') {
      if (found.left.length > 0) tools.orphans(found.left.map(line => `${way.host}: ${line}`))
      return ''
    }
    return await endThere(conversation, {...tools, graceMs: tools.graceMs - (performance.now() - began)}, found)
  } catch (error) {
    return `the command may still run on ${way.host}${asWhat(notes())}: ${messageOf(error)}`
  } finally {
    await cut()
  }
}

async function endThere({way, tag}: Conversation, tools: RemoteTools, found: Found): Promise<string> {
  const group = found.kind === 'group' ? found.pids[0] : undefined
  const name = group === undefined ? `processes ${found.pids.join(', ')}` : `process group ${group}`
  const seconds = Math.max(1, Math.round(tools.graceMs / 1000))
  const budget = Math.ceil(Math.max(tools.graceMs, 1000) + BEYOND_GRACE_MS)
  const said = await ask(way, tag, endScript(tag, group, seconds), {tools, timeoutMs: budget}).catch(messageOf)
  if (typeof said === 'string' || !said.includes(ANSWER.done))
    return `TERM was sent to ${name} on ${way.host}, which may still run: ${typeof said === 'string' ? said : 'the answer was cut'}`
  const left = leftIn(said)
  const killed = said.includes(ANSWER.killed) ? `killed, as TERM did not end it in ${seconds} s` : 'ended by TERM'
  tools.log(`its ${name} was ${killed}${left.length === 0 ? '' : '; not all of it is gone'}`)
  if (left.length > 0) tools.orphans(left.map(line => `${way.host}: ${line}`))
  return ''
}

/** Its own exit code where it said one; else what can be told of it, without guessing. */
async function endOf(
  conversation: Conversation,
  code: number | null,
  {tools, stopped}: {readonly tools: RemoteTools; readonly stopped: boolean},
): Promise<RemoteEnd> {
  const {way, notes} = conversation
  const {began, ended} = notes()
  const ssh = code === null ? 'ssh was killed' : `ssh ended with exit code ${code}`
  if (ended !== undefined && ended === code) return {code, lost: ''}
  if (stopped) return {code: ended ?? null, lost: `stopped; the command on ${way.host} did not say how it ended`}
  if (ended !== undefined)
    return {
      code: null,
      lost: `the command on ${way.host} ended with exit code ${ended}, but the connection was lost then (${ssh}): output may be missing`,
    }
  if (!began) return {code: null, lost: `the command on ${way.host} did not say that it began: ${ssh}`}
  const lost = `the connection to ${way.host} was lost (${ssh})`
  try {
    const {kind, pids, left} = await find(conversation, tools, false)
    const gone =
      left.length === 0 ? 'nothing of the command runs there now' : `of the command there is ${left.join(', ')}`
    if (kind === 'none') return {code: null, lost: `${lost}; ${gone}, how it ended is not known`}
    const what = kind === 'group' ? 'process group' : 'process'
    return {code: null, lost: `${lost}; the command still runs there, as ${what} ${pids.join(', ')}`, left: true}
  } catch (error) {
    return {
      code: null,
      lost: `${lost}; the command may still run there${asWhat(notes())}: ${messageOf(error)}`,
      left: true,
    }
  }
}

const asWhat = ({began}: Notes): string => {
  if (!began) return ' (it had not said that it began)'
  return began.group === undefined ? `, as process ${began.pid}` : `, as process group ${began.group}`
}

async function find({way, tag, notes}: Conversation, tools: RemoteTools, signal: boolean): Promise<Found> {
  const script = findScript(tag, notes().began?.group, signal)
  const said = await ask(way, tag, script, {tools, timeoutMs: ANSWER_MS})
  for (const line of said) {
    const [kind, ...pids] = line.split(' ')
    if (kind === ANSWER.blind) throw new OpsError('host/left', `processes cannot be listed on ${way.host}`)
    if (kind === ANSWER.group || kind === ANSWER.single || kind === ANSWER.none)
      return {kind, pids: pids.map(Number), left: leftIn(said)}
  }
  throw new OpsError('host/left', `${way.host} did not answer the question after it`)
}

const leftIn = (said: readonly string[]): readonly string[] =>
  said
    .filter(line => line.startsWith(`${ANSWER.left} `))
    .map(line => escapeLine(line.slice(ANSWER.left.length + 1), 300))

/** The lines of a script's answer. Whatever else the login shell there prints is passed over. Raises when it cannot be asked. */
async function ask(
  way: Way,
  tag: string,
  script: string,
  {tools, timeoutMs}: {readonly tools: RemoteTools; readonly timeoutMs: number},
): Promise<readonly string[]> {
  try {
    const {stdout} = await tools.exec(way.ask(script), {timeoutMs, anyExit: true}).then(result => {
      if (result.exitCode === 255)
        throw new OpsError('host/left', result.stderr.trimEnd().split('\n').at(-1) || 'ssh failed')
      return result
    })
    return stdout
      .split('\n')
      .filter(line => line.startsWith(`${tag} `))
      .map(line => line.slice(tag.length + 1).trimEnd())
  } catch (error) {
    const why =
      error instanceof OpsError && error.code === 'process/timeout'
        ? `no answer in ${timeoutMs / 1000} s`
        : messageOf(error)
    throw new OpsError('host/left', `${way.host} could not be asked (${escapeLine(why, 300)})`)
  }
}
