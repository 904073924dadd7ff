import {findAnyAlert} from '../../alerts/alertmanagers/find-any.ts'
import {matchersThere, matchersText} from '../../alerts/alertmanagers/matchers.ts'
import {matcherWords} from '../../alerts/routing/matcher.ts'
import {silenceEnd} from '../../alerts/routing/silence.ts'
import {newSilence, silenceOf} from '../../alerts/routing/silences.ts'
import {severitySchema} from '../../alerts/severity.ts'
import {OpsError} from '../../errors.ts'
import {parseDuration} from '../../units/duration.ts'
import type {Command, CommandInput} from '../command.ts'

export const command: Command = {
  name: 'alerts silence',
  summary: 'Notify nobody of an alert, or of all that match, for a while; watching goes on, and ends are told',
  help: 'Either an ID, or --rule, --on, --severity, --label. In texts * stands for anything. When a silence ends, what still fires is told again, with that reason.',
  arguments: [
    {name: 'ID', required: false, completes: 'alert', description: 'Id of an open alert, or a part that only it has'},
  ],
  flags: {
    for: {type: 'string', value: 'DUR', description: 'How long, such as 1h; one hour when left out'},
    'until-resolved': {type: 'boolean', description: 'Until this alert is over, however long that is'},
    reason: {type: 'string', value: 'TEXT', description: 'Why; required'},
    rule: {type: 'string', multiple: true, value: 'RULE', description: 'Alerts of this rule'},
    on: {type: 'string', multiple: true, value: 'TARGET', description: 'Alerts of this target, such as service/web'},
    severity: {
      type: 'string',
      multiple: true,
      value: 'SEVERITY',
      completes: severitySchema.options,
      description: 'Alerts of this severity',
    },
    alertmanager: {type: 'string', value: 'NAME', description: 'At this Alertmanager; --rule is its alertname'},
    label: {type: 'string', multiple: true, value: 'NAME=VALUE', description: 'Alerts with this label'},
  },
  changes: true,
  async run(input, context) {
    const {args, flags} = input
    const now = context.clock.now()
    const reason = String(flags['reason'] ?? '').trim()
    if (reason === '') throw wrong('--reason is missing: others must know why nobody is notified')
    const environment = context.environment().name
    const {desk} = await context.answering()
    const found =
      args[0] === undefined ? undefined : findAnyAlert({alertStore: context.alertStore(), desk}, args[0], environment)
    const alert = found?.ours
    const at = flags['alertmanager'] === undefined ? undefined : String(flags['alertmanager'])
    const matcher = {...matcherOf(input), environments: [environment]}
    if (found ? Object.keys(matcher).length > 1 : Object.keys(matcher).length === 1)
      throw wrong('say which alerts: either an ID, or --rule, --on, --severity, --label')
    const untilResolved = flags['until-resolved'] === true
    if (untilResolved && found?.theirs) throw wrong('a silence of an Alertmanager must have an end: say --for')
    if (untilResolved && (!alert || flags['for'] !== undefined))
      throw wrong('--until-resolved is for one alert, without --for')
    const forMs = parseDuration(String(flags['for'] ?? '1h'))
    if (forMs === undefined || forMs <= 0 || forMs > LONGEST_MS)
      throw wrong('--for should be a duration such as 30m or 4h, 365d at most')
    if (found?.theirs || at !== undefined) {
      if (found && at !== undefined) throw wrong('--alertmanager goes with --rule, --severity, --label, not with an ID')
      if (matcher.on) throw wrong('--on is for our targets: say --label instance=NAME')
      const by = context.actor().name
      const wanted = found?.theirs ? undefined : matchersThere(matcher)
      const words = found?.theirs?.id ?? `${at}: ${matchersText(wanted ?? [])}`
      const id = await context.change({action: 'alerts silenced', target: `alerts ${words}`, reason}, async () =>
        found?.theirs
          ? desk.silence(found.theirs.id, {by, reason, forMs}, context.signal)
          : desk.silenceMatching(at ?? '', wanted ?? [], {by, reason, forMs}, context.signal),
      )
      return {data: {id, source: found?.theirs?.source ?? at, what: words}, text: `${id}: ${words} is silenced there.`}
    }
    const said = {author: context.actor().name, reason, forMs: untilResolved ? undefined : forMs}
    const silence = alert ? silenceOf(alert, said, now) : newSilence({...said, matcher}, now)
    const what = alert?.id ?? matcherWords(matcher)
    const target = `alerts ${what}`
    await context.change({action: 'alerts silenced', target, reason}, async () => context.silences().add(silence))
    return {data: silence, text: `${silence.id}: ${what} is silenced ${silenceEnd(silence, now)}.`}
  },
}

function matcherOf({flags}: CommandInput) {
  const list = (name: string): readonly string[] => (flags[name] ?? []) as readonly string[]
  const severities = list('severity').map(text => {
    const parsed = severitySchema.safeParse(text)
    if (!parsed.success) throw wrong(`--severity should be one of ${severitySchema.options.join(', ')}`)
    return parsed.data
  })
  const labels = list('label').map(text => {
    const at = text.indexOf('=')
    if (at < 1) throw wrong('--label should be written NAME=VALUE')
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return {
    ...(list('rule').length > 0 && {rules: list('rule')}),
    ...(list('on').length > 0 && {on: list('on')}),
    ...(severities.length > 0 && {severities}),
    ...(labels.length > 0 && {labels: Object.fromEntries(labels)}),
  }
}

/** A silence that nobody lives to see the end of is forgotten, not meant. */
const LONGEST_MS = 365 * 86_400_000

const wrong = (message: string): OpsError => new OpsError('usage/arguments', message)
