import {expect, test} from 'vitest'
import {alertBench} from '../../../test/alert-bench.ts'
import {alertsSchema} from '../config.ts'
import {tooMany} from '../rate-limit.ts'
import type {Alert} from '../state.ts'
import type {AlertRow} from '../rows.ts'
import {explainAlert, explainTheirs} from './explain.ts'
import {openRouter} from './router.ts'
import type {Silence} from './silence.ts'
import {expireSilence, newSilence, silenceRows} from './silences.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

function kept(list: Silence[]) {
  return {
    since: (endedAfter: number) => list.filter(({endsAt = Infinity}) => endsAt > endedAfter),
    expire: (id: string) => list.some(each => each.id === id),
  }
}

test('a silence says what it holds, that it holds nothing, that it ends soon, and by whom it was ended', async () => {
  const bench = alertBench({services: {web: []}, config: {failureThreshold: 1}})
  await bench.probe({web: 'down'})
  const now = bench.time.now()
  const alert = bench.alertStore.get('down:service/prod/web')
  if (!alert) throw new Error('it does not fire')
  const by = {author: 'ann', reason: 'moving\u001b[2J', forMs: HOUR}
  const list = [
    newSilence({...by, matcher: {rules: ['down'], on: ['service/*']}}, now),
    newSilence(
      {...by, matcher: {rules: ['hit-rate'], severities: ['warning'], labels: {team: 'x'}}, forMs: 20 * MINUTE},
      now,
    ),
    newSilence({...by, matcher: {}, untilResolved: alert, forMs: undefined}, now),
    {...newSilence({...by, matcher: {}}, now), expired: {by: 'ben', at: now}},
  ]
  const rows = silenceRows(kept(list), bench.alertStore, now)
  expect(rows.map(({what, matches, note, state}) => [what, matches.length, note, state])).toEqual([
    ['rule=down on=service/*', 1, '', 'active'],
    ['rule=hit-rate severity=warning label.team=x', 0, 'matches nothing, ends in 20m', 'active'],
    ['down:service/prod/web', 1, '', 'active'],
    ['every alert', 0, 'ended by ben', 'ended'],
  ])
  expect(rows[0]?.reason).toBe('moving^[[2J')
  expect(() => expireSilence(kept(list), 'nothing', 'ann', now)).toThrow('no silence nothing is active')
})

test('an explanation says of every channel why it was notified or not, what comes next, and what happened', async () => {
  const config = {
    failureThreshold: 1,
    channels: ['pager', 'boss'].map(name => ({type: 'file' as const, name, path: '/dev/null'})),
    escalations: [{name: 'all', steps: [{to: ['pager']}, {to: ['boss']}]}],
  }
  const bench = alertBench({services: {web: ['db'], db: []}, config, channels: ['pager', 'boss']})
  await bench.probe({web: 'down', db: 'up'})
  const now = bench.time.now()
  const contacts = alertsSchema.parse(config)
  const explain = (id: string) => {
    const alert = bench.alertStore.get(id)
    if (!alert) throw new Error(`no ${id}`)
    return explainAlert(alert, {channels: contacts.channels, contacts, groupIntervalMs: HOUR, now: bench.time.now()})
  }
  const found = explain('down:service/prod/web')
  expect(found.channels).toEqual([
    {channel: 'pager', notified: true, why: expect.stringMatching(/^notified \d\d:\d\d UTC: firing$/)},
    {
      channel: 'boss',
      notified: false,
      why: expect.stringMatching(/^suppressed: escalation all: \d\d:\d\d UTC unless somebody acknowledges$/),
    },
  ])
  expect(found.escalation.map(({at = 0, to}) => [at - now, to])).toEqual([
    [0, ['pager']],
    [10 * MINUTE, ['boss']],
  ])
  expect(found.timeline.map(({what}) => what)).toEqual(['the breach began', 'fired', 'pager notified: firing'])
  await bench.time.advance(MINUTE)
  await bench.probe({db: 'down'})
  await bench.probe({web: 'up'})
  await bench.probe({web: 'down'})
  expect(explain('down:service/prod/web')).toMatchObject({
    cause: 'service/prod/db',
    channels: [
      {channel: 'pager'},
      {why: expect.stringContaining('suppressed: service/prod/db is down, which it depends on')},
    ],
    // When it begins is not known yet.
    escalationStop: 'begins when nothing holds it back',
    escalation: [
      {after: 0, to: ['pager']},
      {after: 10 * MINUTE, to: ['boss']},
    ],
  })
  expect(explain('down:service/prod/web').escalation.map(({at}) => at)).toEqual([undefined, undefined])
  bench.alertStore.acknowledge('down:service/prod/web', {by: 'ann', at: now, note: ''})
  expect(explain('down:service/prod/web').escalationStop).toBe('stopped: acknowledged by ann')
})

test('of an alert of an Alertmanager it is said that others decide, and what they say', () => {
  const deliveries = [{channel: 'team', state: 'suppressed: another alert inhibits it', at: 1}]
  const row = {
    id: 'main:DiskFull:5b',
    state: 'firing',
    severity: 'critical',
    summary: 'full',
    source: 'main',
    deliveries,
  }
  expect(explainTheirs(row as unknown as AlertRow, true)).toMatchObject({
    id: 'main:DiskFull:5b',
    source: 'main',
    channels: [{channel: 'team', why: 'suppressed: another alert inhibits it'}],
    escalation: [],
  })
})

test('an explanation says that an alert waits for others of its group, or that its channel has had enough for a minute', async () => {
  const config = {
    failureThreshold: 1,
    groupBy: ['rule'],
    channels: [{type: 'file' as const, name: 'pager', path: '/dev/null'}],
  }
  const bench = alertBench({services: {web: [], api: []}, config})
  const contacts = alertsSchema.parse(config)
  const explain = (id: string, more: Partial<Alert> = {}) => {
    const alert = bench.alertStore.get(id)
    if (!alert) throw new Error(`no ${id}`)
    const now = bench.time.now()
    const all = new Map(bench.alertStore.since(0).map(each => [each.id, each]))
    const turnOf = openRouter({config: contacts, dependencies: new Map(), silences: () => []}).turns(all, now)
    const context = {channels: contacts.channels, contacts, groupIntervalMs: HOUR, now, turnOf}
    return explainAlert({...alert, ...more}, context).channels[0]?.why
  }
  await bench.probe({web: 'down', api: 'up'})
  await bench.time.advance(5000)
  await bench.probe({api: 'down'})
  expect(explain('down:service/prod/api')).toMatch(/^suppressed: comes with others of its group at/)
  await bench.time.advance(60_000)
  expect(explain('down:service/prod/api')).toBe('to be notified now')
  const [delivery] = bench.alertStore.get('down:service/prod/api')?.deliveries ?? []
  if (!delivery) throw new Error('nothing is kept of its delivery')
  const limited = {...delivery, held: tooMany({rateLimit: 5})}
  expect(explain('down:service/prod/api', {deliveries: [limited]})).toBe(
    'suppressed: the channel takes 5 notifications a minute',
  )
})
