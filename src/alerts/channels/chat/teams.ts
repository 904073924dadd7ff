import type {Notification} from '../channel.ts'
import {factsOf} from './facts.ts'

const COLOURS: Readonly<Record<string, string>> = {critical: 'Attention', warning: 'Warning', info: 'Accent'}

interface TextRun {
  readonly type: 'TextRun'
  readonly text: string
  readonly weight?: 'Bolder'
  readonly color?: string
  readonly isSubtle?: boolean
}
interface Line {
  readonly type: 'RichTextBlock'
  readonly inlines: readonly TextRun[]
}

/** A card as workflows take it. Runs of text have no markup, unlike text blocks and facts: nothing is to be escaped. */
export function teamsMessage(notification: Notification) {
  const {state, severity, target, summary, details} = factsOf(notification)
  const color = notification.state === 'resolved' ? 'Good' : (COLOURS[severity] ?? 'Default')
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            line({text: `${state} · ${severity} · ${target}`, weight: 'Bolder', color}),
            line({text: summary}),
            line({text: details.map(fact => fact.join(' ')).join(' · '), isSubtle: true}),
          ],
        },
      },
    ],
  }
}

const line = (run: Omit<TextRun, 'type'>): Line => ({type: 'RichTextBlock', inlines: [{type: 'TextRun', ...run}]})
