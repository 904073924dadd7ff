import {expect, test} from 'vitest'
import type {Notification} from '../channel.ts'
import {messageOf} from './message.ts'

const notification: Notification = {
  version: 1,
  id: 'down:service/prod/wéb',
  rule: 'down',
  severity: 'critical',
  target: `service/prod/${'wéb-'.repeat(40)}`,
  environment: 'prod',
  state: 'firing',
  summary: 'down',
  reason: 'down: x\r\n.\r\nQUIT',
  text: 'FIRING critical: service/prod/wéb: down',
  flapping: false,
  fallbackFor: null,
  since: '2026-11-26T10:00:00.000Z',
  firedAt: null,
  resolvedAt: null,
  sentAt: '2026-11-26T10:00:00.000Z',
  test: false,
  others: [],
}
const made = (more: Partial<Notification> = {}) =>
  messageOf({...notification, ...more}, {from: 'a@b.example', to: ['c@d.example'], date: new Date(0)})

test('nothing from outside can end a header, begin a command or end the message; lines are short ASCII', () => {
  const text = made()
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
  expect(text).toMatch(/^[\x20-\x7e\r\n]*$/)
  expect(text).not.toMatch(/^\./m)
  expect(text).not.toContain('QUIT')
  expect(text.endsWith('\r\n')).toBe(true)
})

test('its labels are in it, and while it fires what shows the plan of its runbook, as a shell takes it', () => {
  const bodyOf = (more: Partial<Notification>): string =>
    Buffer.from(made(more).split('\r\n\r\n')[1] ?? '', 'base64').toString()
  const more = {labels: {team: 'shop'}, runbook: {name: 'restart', params: {release: 'web', note: "it's $HOME"}}}
  expect(bodyOf(more)).toContain('Labels: team=shop\r\n')
  expect(bodyOf(more)).toContain(
    String.raw`Plan:   opsconsole plan restart -p release=web -p 'note=it'\''s $HOME' --env prod`,
  )
  expect(bodyOf({...more, state: 'resolved'})).not.toContain('Plan:')
})

test('the subject is whole words of RFC 2047, and the end of an alert is in the thread of its beginning', () => {
  const words = /Subject: ((?:.|\r\n )*?)\r\n(?! )/.exec(made())?.[1]?.split('\r\n ') ?? []
  const subject = words.map(word => Buffer.from(word.slice(10, -2), 'base64').toString()).join('')
  expect(subject).toMatch(/^FIRING critical: service\/prod\/(wéb-)+/)
  const thread = /References: (.*)\r\n/
  expect(thread.exec(made({state: 'resolved'}))?.[1]).toBe(thread.exec(made())?.[1])
})
