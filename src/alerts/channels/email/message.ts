import {createHash} from 'node:crypto'
import {labelWords} from '../../label-words.ts'
import {planCommand} from '../../plan-command.ts'
import type {Notification} from '../channel.ts'

interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  readonly date: Date
}

/**
 * A message of RFC 5322 with lines of at most 76 characters: words in quoted-free base64, so that nothing that came from outside can end
 * a line. All messages of an alert are one thread.
 */
export function messageOf(notification: Notification, {from, to, date}: Envelope): string {
  const {id, key, state, severity, target, text, reason, since, others, test, labels = {}} = notification
  const plan = planCommand(notification)
  const domain = from.slice(from.indexOf('@') + 1)
  const thread = `<${createHash('sha256').update(`${id} ${since}`).digest('hex').slice(0, 32)}@${domain}>`
  // What is sent again because nobody knows whether it arrived is the same message to whoever gets it twice.
  const named = key ?? createHash('sha256').update(`${id} ${since} ${state} ${date.getTime()}`).digest('hex')
  const own = `<${named.slice(0, 32)}@${domain}>`
  const subject = `${test ? 'TEST ' : ''}${state.toUpperCase()} ${severity}: ${target}`
  const body = [
    text,
    '',
    `What:   ${reason}`,
    `Target: ${target}`,
    `Since:  ${since}`,
    `Alert:  ${id}`,
    ...(Object.keys(labels).length === 0 ? [] : [`Labels: ${labelWords(labels)}`]),
    ...(plan === undefined ? [] : [`Plan:   ${plan}`]),
    ...others.map(other => `Also:   ${other.target}: ${other.summary}`),
  ].join('\r\n')
  return [
    `From: opsconsole <${from}>`,
    `To: ${to.join(',\r\n ')}`,
    `Subject: ${encodedWords(subject.slice(0, 200))}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${own}`,
    `In-Reply-To: ${thread}`,
    `References: ${thread}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...lines(Buffer.from(`${body}\r\n`).toString('base64')),
    '',
  ].join('\r\n')
}

const lines = (base64: string): readonly string[] => base64.match(/.{1,76}/g) ?? []

/** RFC 2047: words of at most 75 characters, none of which cuts a character. */
function encodedWords(text: string): string {
  const words: string[] = []
  let part = ''
  for (const letter of text) {
    if (Buffer.byteLength(part + letter) > 42) {
      words.push(part)
      part = ''
    }
    part += letter
  }
  return [...words, part].map(each => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ')
}
