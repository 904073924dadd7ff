import {back} from './navigate.ts'
import {edit, pasted} from './typing.ts'
import type {Change, Overlay, StartFocus, UiState} from './ui.ts'
import {beginStart, telling, unchanged, withEffects} from './ui.ts'

type Start = Extract<Overlay, {kind: 'start'}>
type Abort = Extract<Overlay, {kind: 'abort'}>
type Acknowledge = Extract<Overlay, {kind: 'acknowledge'}>

const closed = (state: UiState): UiState => ({...state, overlay: undefined})

const startRing = (overlay: Start): readonly StartFocus[] =>
  overlay.plan.start.kind === 'type' ? ['typed', 'cancel', 'reason'] : ['cancel', 'start', 'reason']

/** Keys of the start question. Enter only starts from the focused button, or from exactly the wanted text. */
export function startKey(state: UiState, overlay: Start, key: string): Change {
  const {plan} = overlay
  const set = (change: Partial<Start>): Change => unchanged({...state, overlay: {...overlay, ...change}})
  const ring = startRing(overlay)
  const turn = (by: number): Change =>
    set({focus: ring[(ring.indexOf(overlay.focus) + by + ring.length) % ring.length] ?? 'cancel'})
  if (key === 'esc') return unchanged(closed(state))
  if (key === 'tab' || key === 'down') return turn(1)
  if (key === 'shift-tab' || key === 'up') return turn(-1)
  if (overlay.focus === 'typed' || overlay.focus === 'reason') {
    if (key === 'enter') {
      if (overlay.focus === 'reason') return turn(1)
      if (plan.start.kind === 'type' && overlay.typed === plan.start.text) return go(state, overlay)
      const wanted = plan.start.kind === 'type' ? plan.start.text : ''
      return unchanged(telling(state, `Type exactly ${JSON.stringify(wanted)} to start, or Esc to leave it.`))
    }
    const text = edit(overlay[overlay.focus], key)
    return text === undefined ? unchanged(state) : set({[overlay.focus]: text})
  }
  if (key === 'left' || key === 'right') return turn(key === 'left' ? -1 : 1)
  if (key === 'enter') return overlay.focus === 'start' ? go(state, overlay) : unchanged(closed(state))
  if (key === 'y' && plan.start.kind !== 'type') return go(state, overlay)
  if (key === 'n') return unchanged(closed(state))
  return unchanged(state)
}

function go(state: UiState, overlay: Start): Change {
  return withEffects(beginStart(closed(state), overlay.plan), {
    type: 'start',
    plan: overlay.plan,
    reason: overlay.reason.trim(),
    typed: overlay.plan.start.kind === 'type' ? overlay.typed : undefined,
    dryRun: overlay.dryRun,
  })
}

const ABORT_RING = ['cancel', 'abort', 'reason'] as const

export function abortKey(state: UiState, overlay: Abort, key: string): Change {
  const set = (change: Partial<Abort>): Change => unchanged({...state, overlay: {...overlay, ...change}})
  const turn = (by: number): Change =>
    set({focus: ABORT_RING[(ABORT_RING.indexOf(overlay.focus) + by + 3) % 3] ?? 'cancel'})
  const stop = (): Change =>
    withEffects(telling(closed(state), 'Stopping the run…'), {
      type: 'abort',
      run: overlay.run,
      reason: overlay.reason.trim(),
    })
  if (key === 'esc') return unchanged(closed(state))
  if (key === 'tab' || key === 'down') return turn(1)
  if (key === 'shift-tab' || key === 'up') return turn(-1)
  if (overlay.focus === 'reason') {
    if (key === 'enter') return turn(1)
    const reason = edit(overlay.reason, key)
    return reason === undefined ? unchanged(state) : set({reason})
  }
  if (key === 'left' || key === 'right') return turn(key === 'left' ? -1 : 1)
  if (key === 'enter') return overlay.focus === 'abort' ? stop() : unchanged(closed(state))
  if (key === 'y') return stop()
  return key === 'n' ? unchanged(closed(state)) : unchanged(state)
}

export function acknowledgeKey(state: UiState, overlay: Acknowledge, key: string): Change {
  if (key === 'esc') return unchanged(closed(state))
  if (key === 'enter') {
    return withEffects(closed(state), {type: 'acknowledge', alerts: overlay.alerts, note: overlay.note.trim()})
  }
  const note = edit(overlay.note, key)
  return note === undefined ? unchanged(state) : unchanged({...state, overlay: {...overlay, note}})
}

export function environmentKey(state: UiState, overlay: Extract<Overlay, {kind: 'environment'}>, key: string): Change {
  const names = state.world.snapshot.environments
  const moved = (by: number): Change =>
    unchanged({...state, overlay: {...overlay, index: (overlay.index + by + names.length) % names.length}})
  if (key === 'esc' || key === 'q') return unchanged(closed(state))
  if (key === 'up' || key === 'k') return moved(-1)
  if (key === 'down' || key === 'j' || key === 'tab') return moved(1)
  return key === 'enter' ? switchEnvironment(state, names[overlay.index]) : unchanged(state)
}

/** Goes to the overview of another environment: selections and filters belong to the one that is left. */
export function switchEnvironment(state: UiState, name: string | undefined): Change {
  if (name === undefined || !state.world.snapshot.environments.includes(name)) {
    return unchanged(telling(closed(state), `There is no environment named ${name ?? '?'}.`, 'bad'))
  }
  const {effects} = back(state)
  const next: UiState = {...closed(state), screens: [{kind: 'overview'}], before: undefined, places: {}}
  return withEffects(
    telling(next, `Now looking at ${name}.`),
    ...effects.filter(effect => effect.type === 'forget plan'),
    {
      type: 'environment',
      name,
    },
  )
}

export function confirmPasted(state: UiState, overlay: Start | Abort | Acknowledge, text: string): Change {
  if (overlay.kind === 'acknowledge')
    return unchanged({...state, overlay: {...overlay, note: pasted(overlay.note, text)}})
  if (overlay.focus === 'typed') return unchanged(telling(state, 'Please type it; pasting is off here.'))
  if (overlay.focus !== 'reason') return unchanged(state)
  return unchanged({...state, overlay: {...overlay, reason: pasted(overlay.reason, text)}})
}
