import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {channels} from '../../src/alerts/channels/registry.ts'
import {keepUndelivered} from '../../src/alerts/letters.ts'
import type {Alert} from '../../src/alerts/state.ts'
import {type ConsoleChanges, consoleChanges} from '../../src/app/console-changes.ts'
import type {AppContext} from '../../src/app/context.ts'
import {prepareRun, TESTER} from '../../src/authoring/testing/memory-run.ts'
import {runbook, step} from '../../src/runbooks/define.ts'
import type {Plan} from '../../src/runbooks/plan.ts'
import {startRule} from '../../src/runbooks/start-rule.ts'
import {alertStore} from '../../src/store/alerts.ts'
import {silenceStore} from '../../src/store/silences.ts'
import {openStore, type Store} from '../../src/store/open.ts'
import {targetRecords} from '../../src/store/records.ts'
import {letter} from '../tui/shop-events.ts'
import {systemClock} from '../../src/units/clock.ts'
import {type Circumstances, gateIn, WAYS} from './gate-in.ts'

let directory: string
let store: Store
let plan: Plan
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'ops-console-changes-'))
  store = openStore(directory)
  alertStore(store.database).save([burning], [])
  keepUndelivered(
    targetRecords(() => store.database),
    LETTER,
  )
  const book = runbook({
    name: 'any',
    summary: 'Destroys something',
    danger: 'destructive',
    plan: () => [step({id: 'one', title: 'One', run: async () => {}})],
  })
  ;({plan} = (await prepareRun(book, {environment: 'prod'})).tools.request)
})
afterEach(() => {
  store.close()
  rmSync(directory, {recursive: true})
})

const ALERT = 'down/prod/service/web'
const burning: Alert = {
  id: ALERT,
  rule: 'down',
  severity: 'critical',
  target: 'service/prod/web',
  environment: 'prod',
  name: 'web',
  state: 'firing',
  summary: 'it does not answer',
  since: 1,
  firedAt: 1,
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
}

const LETTER = letter('r-1', {environment: 'prod', at: Date.now()})

const made = (): string => path.join(directory, 'made')
const acknowledged = (): boolean => alertStore(store.database).get(ALERT)?.acknowledged !== undefined

/** Each change that a console makes in its own process: the call, and whether it has happened. */
const TABLE: {
  readonly [Key in keyof ConsoleChanges]: {
    readonly call: (changes: ConsoleChanges) => unknown
    readonly happened?: () => boolean
  }
} = {
  acknowledge: {call: changes => changes.acknowledge('prod', ALERT, 'mine'), happened: acknowledged},
  silence: {
    call: changes => changes.silence('prod', ALERT, {for: '15m', reason: 'moving'}),
    happened: () => silenceStore(store.database).since(0).length > 0,
  },
  sendAgain: {
    call: changes => changes.sendAgain('prod', [{id: LETTER.id, channel: 'pager', at: LETTER.at}], 'he must know'),
    happened: () => existsSync(path.join(directory, 'notified.log')),
  },
  admitStart: {call: changes => changes.admitStart(plan, 'because')},
  handOver: {
    call: changes => changes.handOver('prod', ['mkdir', made()]),
    happened: () => existsSync(made()),
  },
}

const channelSpec = () =>
  channels.schema.parse({type: 'file', name: 'pager', path: path.join(directory, 'notified.log')})

function changesIn(way: Circumstances) {
  const {gate, trail} = gateIn(() => way)
  const app = {
    gate,
    actor: () => TESTER,
    clock: systemClock,
    store: () => store,
    records: targetRecords(() => store.database),
    cleaning: {clean: (text: string) => text},
    config: () => ({
      file: path.join(directory, 'opsconsole.yaml'),
      alerts: {alertmanagers: [], channels: [channelSpec()]},
      environments: [],
    }),
    options: {env: process.env},
  } as unknown as AppContext
  return {changes: consoleChanges(app), trail}
}

describe('W9: every change that a console makes in its own process', () => {
  test('one that is not in the table fails here', () => {
    expect(Object.keys(changesIn({}).changes).sort()).toEqual(Object.keys(TABLE).sort())
  })

  describe.each(Object.entries(TABLE))('%s', (_name, {call, happened}) => {
    test.each(WAYS.filter(({rule}) => rule !== 'protected environment'))(
      'refused by the $rule, in the same words, recorded, nothing touched',
      async ({way, code, reason, rule}) => {
        const {changes, trail} = changesIn(way)
        await expect(async () => call(changes)).rejects.toMatchObject({code, exit: 7, message: reason})
        expect(happened?.() ?? false).toBe(false)
        expect(trail).toMatchObject([
          {phase: 'decision', outcome: 'refused', environment: 'prod', reason, detail: {rule, via: 'console'}},
        ])
      },
    )

    test('nothing that is destructive itself: what it leads to in a protected environment asks for its name', async () => {
      const {changes} = changesIn({protected: true})
      await call(changes)
      expect(happened?.() ?? true).toBe(true)
    })
  })

  test('a start: its question is asked by the run, which the gate holds to it again before the first step', () => {
    expect(startRule('destructive', {name: 'prod', protected: true})).toMatchObject({kind: 'type', text: 'prod'})
  })
})
