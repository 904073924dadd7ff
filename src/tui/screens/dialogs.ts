import type {Block, Line, Tone} from '../layout/line.ts'
import {blank, fitLine, line, span} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {shortDuration} from '../components/age.ts'
import type {DialogButton} from '../components/dialog.ts'
import {dialog, inputLine} from '../components/dialog.ts'
import {completions} from '../state/command-line.ts'
import {choicesOf} from '../state/prompts.ts'
import type {Overlay, UiState} from '../state/ui.ts'
import {environmentBadge} from './header.ts'

const WIDTH = 74

/** The overlay of the state over its screen. */
export function withOverlay(state: UiState, screen: Block): Block {
  const {overlay} = state
  switch (overlay?.kind) {
    case 'command':
      return commandPopup(state, overlay, screen)
    case 'environment':
      return environmentDialog(state, overlay, screen)
    case 'start':
      return startDialog(state, overlay, screen)
    case 'prompt':
      return promptDialog(state, overlay, screen)
    case 'abort':
      return abortDialog(state, overlay, screen)
    case 'acknowledge':
      return acknowledgeDialog(state, overlay, screen)
    default:
      return screen
  }
}

/** Questions wear the colour of their environment, and its name in their frame. */
const questionLook = (state: UiState): {readonly tone: Tone; readonly heavy: boolean; readonly note: Line} => {
  const isProtected = state.world.snapshot.environment.protected
  return {tone: isProtected ? 'bad' : 'accent', heavy: isProtected, note: environmentBadge(state)}
}

const innerWidth = (state: UiState): number => Math.max(8, Math.min(WIDTH, state.columns) - 4)

const text = (state: UiState, words: string, tone: Tone = 'plain', limit = 6): readonly Line[] =>
  wrap(words, innerWidth(state), limit).map(part => line(part, tone))

/** Exactly what will be touched, all of it. */
function touches(state: UiState, list: readonly string[]): readonly Line[] {
  if (list.length === 0) return []
  const lines = list.flatMap(each =>
    wrap(each, innerWidth(state) - 4, 10).map((part, index) => line(`${index === 0 ? '  ▸ ' : '    '}${part}`)),
  )
  return [blank, line('This touches', 'dim'), ...lines]
}

const reasonField = (state: UiState, value: string, focused: boolean): Line => [
  ...fitLine([span('reason', focused ? 'accent bold' : 'dim')], 10),
  ...inputLine(value, innerWidth(state) - 10, {
    focused,
    empty: focused ? 'for the audit trail' : 'none (Tab to give one)',
  }),
]

function typedField(
  state: UiState,
  wanted: string,
  {value, focused}: {readonly value: string; readonly focused: boolean},
): readonly Line[] {
  const right = value === wanted
  return [
    blank,
    [span('Type '), span(wanted, 'bad bold'), span(' to go on:')],
    [
      span('› ', 'accent bold'),
      ...inputLine(value, innerWidth(state) - 14, {focused}),
      span(right ? '  ✓ Enter' : '', 'ok'),
    ],
  ]
}

function startDialog(state: UiState, overlay: Extract<Overlay, {kind: 'start'}>, screen: Block): Block {
  const {plan, dryRun} = overlay
  const changing = plan.steps.filter(step => !step.readOnly && step.skipped === undefined)
  const typed = plan.start.kind === 'type' ? plan.start.text : undefined
  const buttons: readonly DialogButton[] =
    typed === undefined
      ? [
          {label: 'Cancel', key: 'n'},
          {label: 'Start', key: 'y'},
        ]
      : [{label: 'Cancel', key: 'Esc'}]
  const focus = overlay.focus === 'cancel' ? 0 : overlay.focus === 'start' ? 1 : undefined
  return dialog(screen, {
    ...questionLook(state),
    title: dryRun ? `Dry run ${plan.runbook}?` : `Start ${plan.runbook}?`,
    width: WIDTH,
    body: [
      blank,
      ...text(state, `${plan.summary}.`.replace(/\.\.$/, '.')),
      ...text(state, `It asks because ${plan.start.reason}.`, 'dim', 2),
      ...touches(
        state,
        changing.map(step => step.title),
      ),
    ],
    scroll: state.overlayScroll,
    fields: [
      ...(typed === undefined
        ? []
        : typedField(state, typed, {value: overlay.typed, focused: overlay.focus === 'typed'})),
      blank,
      reasonField(state, overlay.reason, overlay.focus === 'reason'),
    ],
    buttons,
    focus,
  })
}

/** By the kind of the question. */
const PROMPT_TITLES: Readonly<Record<string, string>> = {
  approval: 'The run wants an approval',
  confirm: 'The run asks',
  manual: 'By hand',
  unknown: 'What became of this step?',
  failure: 'The step failed',
}

function promptDialog(state: UiState, overlay: Extract<Overlay, {kind: 'prompt'}>, screen: Block): Block {
  const {prompt} = overlay
  const choices = choicesOf(prompt)
  const buttons: readonly DialogButton[] = [
    {label: 'Decide later', key: 'Esc'},
    ...choices.map(choice => ({label: choice.label, ...(choice.key === undefined ? {} : {key: choice.key})})),
  ]
  const step = state.world.run?.state?.steps.find(view => view.step.id === prompt.step)
  const left = shortDuration(Math.max(0, prompt.expiresAt - state.now))
  return dialog(screen, {
    ...questionLook(state),
    title: [PROMPT_TITLES[prompt.kind] ?? 'The run asks', step?.step.title].filter(Boolean).join(': '),
    width: WIDTH,
    body: [blank, ...text(state, prompt.text, 'bold', 8), ...touches(state, prompt.touches)],
    scroll: state.overlayScroll,
    fields: [
      ...(prompt.type === undefined
        ? []
        : typedField(state, prompt.type, {value: overlay.typed, focused: overlay.focus === 'typed'})),
      blank,
      reasonField(state, overlay.reason, overlay.focus === 'reason'),
      line(`Without an answer in ${left}: ${prompt.fallback}.`, 'dim'),
    ],
    buttons,
    focus: typeof overlay.focus === 'number' ? overlay.focus : undefined,
  })
}

function abortDialog(state: UiState, overlay: Extract<Overlay, {kind: 'abort'}>, screen: Block): Block {
  const run = state.world.run?.state
  const done = run?.steps.filter(view => view.state === 'done' && !view.step.readOnly) ?? []
  // The step in flight is undone as well: it may have happened in part.
  const begun = run?.steps.filter(view => view.step.id === run.current || done.includes(view)) ?? []
  const undo = run?.plan?.onFailure === 'undo' ? begun.filter(view => view.step.undo) : []
  const stays = done.filter(view => !undo.includes(view))
  const current = run?.steps.find(view => view.step.id === run.current)
  return dialog(screen, {
    ...questionLook(state),
    title: 'Stop this run?',
    width: WIDTH,
    body: [
      blank,
      ...text(
        state,
        current ? `“${current.step.title}” is told to stop, and killed if it does not.` : 'No further step is started.',
      ),
      ...(current?.step.stopCost ? text(state, current.step.stopCost, 'warn', 3) : []),
      ...(undo.length > 0
        ? [
            blank,
            line('Then it undoes, in this order', 'dim'),
            ...undo
              .toReversed()

              .map(view => line(`  ↩ ${view.step.title}`)),
          ]
        : []),
      ...(stays.length > 0
        ? [blank, line('This stays as it is', 'dim'), ...stays.map(view => line(`  · ${view.step.title}`, 'warn'))]
        : []),
    ],
    scroll: state.overlayScroll,
    fields: [blank, reasonField(state, overlay.reason, overlay.focus === 'reason')],
    buttons: [
      {label: 'Let it go on', key: 'n'},
      {label: 'Stop it', key: 'y'},
    ],
    focus: overlay.focus === 'cancel' ? 0 : overlay.focus === 'abort' ? 1 : undefined,
  })
}

function acknowledgeDialog(state: UiState, overlay: Extract<Overlay, {kind: 'acknowledge'}>, screen: Block): Block {
  const alerts = state.world.snapshot.alerts.filter(alert => overlay.alerts.includes(alert.id))
  return dialog(screen, {
    ...questionLook(state),
    title: alerts.length === 1 ? 'Acknowledge this alert?' : `Acknowledge ${alerts.length} alerts?`,
    width: WIDTH,
    body: [
      blank,
      ...alerts.slice(0, 6).flatMap(alert => text(state, `▸ ${alert.summary}`, 'plain', 2)),
      ...(alerts.length > 6 ? [line(`  and ${alerts.length - 6} more`, 'dim')] : []),
      ...text(state, 'Others see that you are on it; it keeps firing until the cause is gone.', 'dim'),
    ],
    scroll: state.overlayScroll,
    fields: [
      blank,
      [
        ...fitLine([span('note', 'accent bold')], 10),
        ...inputLine(overlay.note, innerWidth(state) - 10, {focused: true, empty: 'optional'}),
      ],
      blank,
      [
        span('Enter', 'accent bold'),
        span(' acknowledges   ', 'dim'),
        span('Esc', 'accent bold'),
        span(' leaves it', 'dim'),
      ],
    ],
  })
}

function environmentDialog(state: UiState, overlay: Extract<Overlay, {kind: 'environment'}>, screen: Block): Block {
  const {environments, environment} = state.world.snapshot
  const room = Math.max(1, state.rows - 10)
  const top = Math.max(0, Math.min(overlay.index - Math.floor(room / 2), environments.length - room))
  return dialog(screen, {
    title: 'Environment',
    tone: 'accent',
    width: 44,
    body: [
      blank,
      ...environments.slice(top, top + room).map((name, offset): Line => {
        const here = name === environment.name ? span('  in view', 'dim') : span('')
        const selected = top + offset === overlay.index
        return [span(selected ? `▸ ${name} ` : `  ${name} `, selected ? 'selected' : 'plain'), here]
      }),
      blank,
    ],
  })
}

/** What the command line could mean, above it. */
function commandPopup(state: UiState, overlay: Extract<Overlay, {kind: 'command'}>, screen: Block): Block {
  const found = completions(state, overlay.text)
  const room = Math.max(1, Math.min(10, state.rows - 10))
  const top = Math.max(0, Math.min(overlay.index - room + 1, found.length - room))
  const lines = found.slice(top, top + room).map((each, offset): Line => {
    const selected = top + offset === overlay.index
    const name = fitLine([span(` ${each.text}`, selected ? 'selected' : 'plain')], 26)
    return [
      ...(selected ? [span(name.map(part => part.text).join(''), 'selected')] : name),
      span(`  ${each.description}`, 'dim'),
    ]
  })
  return dialog(screen, {
    title: 'Go to',
    note: [span(`${found.length}`, 'dim')],
    tone: 'accent',
    width: WIDTH,
    body: lines.length === 0 ? [line(`Nothing is called ${overlay.text}.`, 'dim')] : lines,
  })
}
