import type {Notification} from '../channel.ts'
import {factsOf} from './facts.ts'

const MARKS: Readonly<Record<string, string>> = {critical: '🔴', warning: '🟠', info: '🔵'}

/** Text that Slack, Mattermost and Rocket.Chat show alike; blocks are known to Slack alone. */
export function slackMessage(notification: Notification): {readonly text: string} {
  const {state, severity, target, summary, details} = factsOf(notification)
  const mark = notification.state === 'resolved' ? '🟢' : (MARKS[severity] ?? '')
  return {
    text: [
      `${mark} *${state}* · ${severity} · ${literal(target)}`,
      literal(summary),
      details.map(([name, value]) => `${name} ${literal(value)}`).join(' · '),
    ].join('\n'),
  }
}

/**
 * Foreign text, shown letter by letter: between backticks nothing is bold and nobody is called, and with the three
 * characters that Slack wants escaped there is no `<!channel>` and no link.
 */
function literal(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `\`${escaped.replaceAll('`', 'ˋ')}\``
}
