import {randomBytes} from 'node:crypto'
import {closeSync, fsyncSync, lstatSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {openInMode} from '../../files/modes.ts'
import type {Outcome} from '../../runbooks/events.ts'
import type {RunState} from '../../runbooks/state.ts'

const OWNER_ONLY = 0o600
const EVERYBODY = 0o644

/** `--metrics-file`, and whether other accounts may read it. */
export interface MetricsPlace {
  readonly file: string
  readonly readable: boolean
}

/**
 * How a run ended as a file for the textfile collector of node_exporter, or for a Pushgateway: whole or not at all, never
 * through a link, readable by others only where that was asked for.
 */
export function writeMetricsFile({file, readable}: MetricsPlace, text: string): void {
  const there = lstatSync(file, {throwIfNoEntry: false})
  if (there !== undefined && !there.isFile()) throw new Error(`${file} is a link, or not a plain file: it stays`)
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const descriptor = openInMode(aside, 'wx', readable ? EVERYBODY : OWNER_ONLY)
  try {
    try {
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(aside, file)
  } catch (error) {
    rmSync(aside, {force: true})
    throw error
  }
}

/** In the older text format, which is all that the collector reads. */
export function metricsOfRun(
  {plan, startedAt, endedAt, durationMs}: Pick<RunState, 'plan' | 'startedAt' | 'endedAt' | 'durationMs'>,
  {outcome, exitCode}: {readonly outcome: Outcome; readonly exitCode: number},
): string {
  const labels = `runbook=${quoted(plan?.runbook ?? '')},environment=${quoted(plan?.environment ?? '')}`
  const line = (name: string, help: string, value: number, more = ''): string => {
    const metric = `opsconsole_last_run_${name}`
    return `# HELP ${metric} ${help}\n# TYPE ${metric} gauge\n${metric}{${labels}${more}} ${value}\n`
  }
  return [
    ...(startedAt === undefined ? [] : [line('start_timestamp_seconds', 'When the last run began', startedAt / 1000)]),
    ...(endedAt === undefined ? [] : [line('end_timestamp_seconds', 'When it ended', endedAt / 1000)]),
    ...(durationMs === undefined ? [] : [line('duration_seconds', 'How long it took', durationMs / 1000)]),
    line('success', '1: it is done, 0: it ended in any other way', outcome === 'done' ? 1 : 0),
    line('exit_code', 'Exit code of the run', exitCode),
    line('outcome', '1 for how it ended', 1, `,outcome=${quoted(outcome)}`),
  ].join('')
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`)}"`
