import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {animatedSvg} from './animated-svg.ts'
import {openPty, type PtyProgram} from './pty.ts'
import {type Recording, recordTerminal} from './recording.ts'

const SIZE = {columns: 104, rows: 30} as const
/** What a README should not be heavier for. */
const MOST_BYTES = 500_000

export interface Stage {
  readonly cli: string
  readonly config: string
  readonly env: Readonly<Record<string, string>>
  readonly home: string
  readonly lab: string
  readonly ops: (...args: readonly string[]) => void
  readonly target: string
}

/** A deploy, an incident and a restore, as a person at the keys sees them. */
export async function takeAnimations(stage: Stage): Promise<void> {
  await film(stage, 'restore', restore)
  await film(stage, 'deploy', deploy)
  await film(stage, 'incident', seen => incident(seen, stage))
}

async function film(stage: Stage, name: string, act: (seen: PtyProgram) => Promise<void>): Promise<void> {
  let pressed = (_label: string): void => {}
  const {cli, config, env, home} = stage
  const argv = [process.execPath, cli, '--config', config] as const
  const seen = openPty({argv, env, cwd: home, ...SIZE, onPressed: label => pressed(label)})
  try {
    await seen.see('Services')
    await seen.gone(/◌ (\d+ )?no data|reconnecting/)
    const recorder = recordTerminal(seen.terminal)
    pressed = label => recorder.pressed(label)
    await moment(1500)
    await act(seen)
    await moment(2500)
    keep(stage, name, recorder.stop())
  } finally {
    seen.kill()
    await seen.ended
  }
}

function keep({target}: Stage, name: string, recording: Recording): void {
  const svg = animatedSvg(recording)
  const bytes = Buffer.byteLength(svg)
  if (bytes > MOST_BYTES) throw new Error(`${name}.svg has ${bytes} bytes, at most ${MOST_BYTES} are wanted`)
  writeFileSync(join(target, `${name}.svg`), svg)
  // For looking at single moments; not kept with the documentation.
  const kept = process.env['KEEP_RECORDINGS']
  if (kept) writeFileSync(join(kept, `${name}.json`), JSON.stringify(recording))
  process.stdout.write(`${name}.svg ${bytes} bytes, ${recording.frames.length} frames\n`)
}

async function deploy(seen: PtyProgram): Promise<void> {
  await choose(seen, 'dep', 'deploy')
  await seen.type('1.4.0')
  await moment(700)
  await showPlan(seen)
  await seen.see('would change')
  await moment(2500)
  await startRun(seen, 'deploy')
  await seen.see('The run asks')
  await moment(1800)
  seen.press('y')
  await moment(500)
  seen.press('enter')
  await seen.gone('The run asks')
  await seen.see('all steps are done')
}

async function incident(seen: PtyProgram, {ops, lab}: Stage): Promise<void> {
  ops('lab', 'fault', 'add', 'redis-down', '--dir', lab)
  await seen.see(/\d critical/)
  await moment(2200)
  seen.press('2')
  await moment(1800)
  seen.press('a')
  await moment(900)
  await seen.type('looking at it')
  await moment(700)
  seen.press('enter')
  await moment(1500)
  seen.press('3')
  await moment(2200)
  seen.press('0')
  ops('lab', 'fault', 'clear', '--dir', lab)
  await seen.gone(/\d critical/)
}

async function restore(seen: PtyProgram): Promise<void> {
  seen.press('4')
  await moment(2200)
  seen.press(':')
  await moment(500)
  await seen.type('run restore')
  await moment(700)
  seen.press('enter')
  await seen.see('Show the plan')
  await moment(1200)
  await showPlan(seen)
  await seen.see('would change')
  await moment(2500)
  await startRun(seen, 'restore')
  for (let asked = 0; asked < 4; asked += 1) {
    await seen.see(/The run asks|all steps are done/)
    if (!seen.screen().includes('The run asks')) return
    await moment(1800)
    await answer(seen)
    await seen.gone('The run asks')
  }
  await seen.see('all steps are done')
}

/** The picker of runbooks, until the form of one is there. */
async function choose(seen: PtyProgram, typed: string, runbook: string): Promise<void> {
  seen.press('r')
  await seen.see('type to find')
  await moment(600)
  await seen.type(typed)
  await seen.see(runbook)
  await moment(700)
  seen.press('enter')
  await seen.see('Show the plan')
  await moment(700)
}

/** To the button of the form, which is before its first field as after its last. */
async function showPlan(seen: PtyProgram): Promise<void> {
  for (const key of ['up', 'enter']) {
    seen.press(key)
    await moment(250)
  }
}

async function startRun(seen: PtyProgram, runbook: string): Promise<void> {
  seen.press('s')
  await seen.see(`Start ${runbook}?`)
  await moment(1200)
  await answer(seen)
}

/** A question wants its text typed, or a yes. */
async function answer(seen: PtyProgram): Promise<void> {
  const wanted = /[Tt]ype (\S+)/.exec(seen.screen())?.[1]
  if (wanted === undefined) seen.press('y')
  else await seen.type(wanted)
  await moment(600)
  seen.press('enter')
}

const moment = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
