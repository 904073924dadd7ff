import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {alertStore} from '../../src/store/alerts.ts'
import {openStore, type Store} from '../../src/store/open.ts'
import {createProgram, type Program, type Started} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from './sample.ts'

const ROUNDS = countOf('L pages')
/** The receiver answers after so long at most; the agent is killed within twice that from the moment at which it was paged. */
const SLOWEST_ANSWER_MS = 300

interface Page {
  readonly id: string
  readonly state: string
  readonly since: string
  readonly key: string
  readonly header: string | undefined
  readonly maybeSentBefore?: true
}

const pages: Page[] = []
const down = new Set<string>()
let answerAfterMs = 0
let program: Program
let store: Store
let agent: Started

/** What is watched, and who is paged: neither is ever killed. */
const world = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(down.has(request.url ?? '') ? 503 : 200).end('ok')
    return
  }
  void bodyOf(request).then(async body => {
    const {headers} = request
    pages.push({
      ...(JSON.parse(body) as Omit<Page, 'header'>),
      header: headers['idempotency-key'] as string | undefined,
    })
    await sleep(answerAfterMs)
    response.end('{}')
  })
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request) body += String(part)
  return body
}

const soon = (look: () => void): Promise<void> => vi.waitFor(look, {timeout: 120_000, interval: 50})

const startAgent = (): void => void (agent = program.start('agent', '--listen', '127.0.0.1:0'))
async function killAgent(): Promise<void> {
  agent.kill('SIGKILL')
  await agent.ended
}

beforeAll(async () => {
  await new Promise<void>(resolve => world.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}`
  const config = {
    project: 'shop',
    environments: [{name: 'dev'}],
    services: Array.from({length: ROUNDS}, (_, round) => ({
      name: `web-${round}`,
      probe: {type: 'http', url: `${url}/${round}`},
      interval: '500ms',
    })),
    alerts: {
      failureThreshold: 2,
      groupInterval: '1s',
      channels: [{type: 'webhook', name: 'pager', url: `${url}/page`}],
    },
  }
  program = createProgram({config: JSON.stringify(config)})
  store = openStore(program.stateDir)
  startAgent()
}, 60_000)

afterAll(async () => {
  agent?.kill('SIGKILL')
  await agent?.ended
  store?.close()
  program?.remove()
  world.closeAllConnections()
  world.close()
})

const pagesOf = (id: string, state: string): readonly Page[] =>
  pages.filter(page => page.id === id && page.state === state)
const deliveryOf = (id: string) =>
  alertStore(store.database)
    .since(0)
    .find(alert => alert.id === id)
    ?.deliveries.find(({channel}) => channel === 'pager')

/** Kills the agent at any moment around the answer to one page, and gives how often that page came until it was known. */
async function paged(id: string, state: 'firing' | 'resolved', random: () => number): Promise<number> {
  answerAfterMs = random() * SLOWEST_ANSWER_MS
  await soon(() => expect(pagesOf(id, state)).not.toEqual([]))
  await sleep(random() * 2 * answerAfterMs)
  await killAgent()
  startAgent()
  await soon(() => {
    const {notified, unsure, outcome} = deliveryOf(id) ?? {}
    expect({notified, unsure, outcome}).toEqual({notified: state, unsure: undefined, outcome: 'delivered'})
  })
  return pagesOf(id, state).length
}

test(`L pages: ${ROUNDS} kills between a page and its record, and as many at its end: one news has one key, and what may be a repetition says so`, {
  timeout: 120_000 + ROUNDS * 60_000,
}, async () => {
  const random = randomFrom(seedOr(20_261_127))
  let repeated = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = `down:service/dev/web-${round}`
    down.add(`/${round}`)
    repeated += (await paged(id, 'firing', random)) - 1
    down.delete(`/${round}`)
    repeated += (await paged(id, 'resolved', random)) - 1
  }
  const news = Map.groupBy(pages, ({id, state, since}) => `${id} ${state} ${since}`)
  expect(news.size).toBeGreaterThanOrEqual(2 * ROUNDS)
  for (const [name, sent] of news) {
    expect(new Set(sent.flatMap(({key, header}) => [key, header])).size, name).toBe(1)
    // One that was cut off before it left comes as a repetition, although it is the first.
    const [, ...again] = sent.map(({maybeSentBefore}) => maybeSentBefore)
    expect(again, name).toEqual(again.map(() => true))
  }
  expect(new Set(pages.map(({key}) => key)).size).toBe(news.size)
  console.info(`${2 * ROUNDS} kills: ${repeated} pages came again, each with the key of the first`)
})
