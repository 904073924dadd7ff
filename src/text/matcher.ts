import type {Worker} from 'node:worker_threads'
import type {Clock} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import {escapeLine} from './escape.ts'

/** How long one expression may look at one text, in the thread where it runs. Any sensible one needs a thousandth. */
export const LONGEST_MATCH_MS = 500
/** How long a text waits while the expressions of others run out of their time, all together. */
const LONGEST_WAIT_MS = 1_000
/** An expression that ran out of its time rests so long at first, and twice as long each time after that. */
const FIRST_REST_MS = 60_000
const LONGEST_REST_MS = 3_600_000

/** How often a text is looked at while the host leaves no time for it. */
const TRIES = 10

/** `unknown`: it was ended, or not even tried, and why. What it would have said nobody knows. */
export type Match = 'yes' | 'no' | {readonly unknown: string}

/**
 * The only place where an expression of the configuration meets a text from outside: some need longer than the universe
 * lasts for forty letters, and whoever sends the letters chooses them. So it runs in a thread of its own, one for the
 * process, under a deadline that ends it (decision 0020).
 */
export interface Matcher {
  /** Never rejects, and never keeps this thread busy. */
  match(source: string, text: string, flags?: string): Promise<Match>
  /** How often an expression was ended since this process began. */
  readonly ended: number
  close(): void
}

/**
 * On a busy host time passes while the thread waits for a processor. That is nothing against the expression: it is tried
 * again, and ended once it had the processor for half of its time in all.
 */
const MATCHING = `
const {parentPort} = require('node:worker_threads')
const {runInThisContext} = require('node:vm')
const cpuMs = () => { const {user, system} = process.threadCpuUsage(); return (user + system) / 1000 }
const attempt = (timeout, begun) => {
  try {
    return runInThisContext('new RegExp(given.source, given.flags).test(given.text)', {timeout}) ? 'yes' : 'no'
  } catch (error) {
    if (error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') return {unknown: 'failed: ' + error.message}
    return cpuMs() - begun < timeout / 2 ? 'starved' : 'ended'
  }
}
parentPort.on('message', ({source, flags, text, timeout}) => {
  globalThis.given = {source, flags, text}
  const begun = cpuMs()
  let answer = 'starved'
  for (let tries = 0; tries < ${TRIES} && answer === 'starved'; tries += 1) answer = attempt(timeout, begun)
  parentPort.postMessage(answer === 'starved' ? {unknown: 'could not be tried: this host is too busy'} : answer)
})`

type Answer = Match | 'ended'

interface Rest {
  readonly until: number
  readonly ms: number
}

/** Neither repeats nor chooses anything: it is over as soon as the text is. */
const isPlain = (source: string): boolean => !/[*+?{|]|\\[1-9k]/.test(source)

export function openMatcher(clock: Pick<Clock, 'monotonic'>, longestMs = LONGEST_MATCH_MS): Matcher {
  const outOfTime = (source: string, restMs: number): string =>
    `${shown(source)} ran out of time (${longestMs} ms) and rests for ${formatDuration(restMs)}`
  const rests = new Map<string, Rest>()
  let [thread, ended]: [Worker | undefined, number] = [undefined, 0]
  let turn: Promise<unknown> = Promise.resolve()
  let settle: (answer: Answer) => void = () => {}
  const start = (): Worker => {
    const threads = process.getBuiltinModule('node:worker_threads')
    const started = new threads.Worker(MATCHING, {eval: true, execArgv: [], env: {}})
    const broke = (why: string): void => {
      // A thread that was replaced answers nobody: its end may come after the next question.
      if (thread !== started) return
      thread = undefined
      settle({unknown: `could not be tried: ${why}`})
    }
    started.on('message', (answer: Answer) => settle(answer))
    started.on('error', (error: Error) => broke(escapeLine(error.message, 100)))
    started.on('exit', () => broke('its thread ended'))
    return started
  }
  const ask = async (source: string, text: string, flags: string): Promise<Answer> => {
    const asked = (thread ??= start())
    const {promise, resolve} = Promise.withResolvers<Answer>()
    settle = resolve
    // It keeps the process alive only while somebody waits for it.
    asked.ref()
    asked.postMessage({source, flags, text, timeout: longestMs})
    const answer = await promise
    asked.unref()
    return answer
  }
  const attempt = async (source: string, text: string, flags: string, endedBefore: number): Promise<Match> => {
    const key = `${flags}/${source}`
    const rest = rests.get(key)
    const left = (rest?.until ?? 0) - clock.monotonic()
    if (rest && left > 0) return {unknown: outOfTime(source, rest.ms)}
    if ((ended - endedBefore) * longestMs >= LONGEST_WAIT_MS)
      return {unknown: `${shown(source)} was not tried: other expressions ran out of time before it`}
    const answer = await ask(source, text, flags)
    if (answer !== 'ended') {
      rests.delete(key)
      return typeof answer === 'string' ? answer : {unknown: `${shown(source)} ${answer.unknown}`}
    }
    ended += 1
    const ms = rest ? Math.min(rest.ms * 2, LONGEST_REST_MS) : FIRST_REST_MS
    rests.set(key, {until: clock.monotonic() + ms, ms})
    return {unknown: outOfTime(source, ms)}
  }
  return {
    match: (source, text, flags = '') => {
      if (isPlain(source)) return Promise.resolve(new RegExp(source, flags).test(text) ? 'yes' : 'no')
      const before = ended
      const mine = turn.then(() => attempt(source, text, flags, before))
      turn = mine
      return mine
    },
    get ended() {
      return ended
    },
    close: () => void thread?.terminate(),
  }
}

const shown = (source: string): string => `the expression /${escapeLine(source, 80)}/`
