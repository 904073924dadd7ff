import {z} from 'zod'
import type {Records} from '../../kinds/records.ts'
import {CONTROLS, type Control} from './control.ts'

const recordSchema = z.lazy(() =>
  z.object({
    id: z.string(),
    control: z.looseObject({kind: z.enum(CONTROLS)}),
    /** When it was put on, and from when on it is to be taken off again: milliseconds since the epoch. */
    at: z.number(),
    until: z.number(),
    /** The run that put it on. */
    run: z.string(),
  }),
)

/** A control that is on, or that a run was about to put on: noted before the load balancer is told. */
export interface ControlRecord extends Omit<z.infer<typeof recordSchema>, 'control'> {
  readonly control: Control
}

const keyOf = (environment: string, release: string): string => `controls/${environment}/${release}`

const parse = (kept: unknown): readonly ControlRecord[] =>
  (Array.isArray(kept) ? kept : []).flatMap(one => {
    const parsed = recordSchema.safeParse(one)
    return parsed.success ? [parsed.data as unknown as ControlRecord] : []
  })

export interface ReleaseName {
  readonly environment: string
  readonly name: string
}

/** What is on, the first to end first. */
export const readControls = (records: Records, {environment, name}: ReleaseName): readonly ControlRecord[] =>
  parse(records.read(keyOf(environment, name))).toSorted((one, two) => one.until - two.until)

/** In the place of what was noted of the same control. */
export const noteControl = (records: Records, {environment, name}: ReleaseName, record: ControlRecord): void =>
  records.change(keyOf(environment, name), before => ({
    kept: [...parse(before).filter(({id}) => id !== record.id), record],
    result: undefined,
  }))

/** Forgets it, unless it was put on again meanwhile. */
export const forgetControl = (records: Records, {environment, name}: ReleaseName, record: ControlRecord): void =>
  records.change(keyOf(environment, name), before => ({
    kept: parse(before).filter(({id, run}) => id !== record.id || run !== record.run),
    result: undefined,
  }))

/** A control whose time is over. */
export interface DueControl {
  readonly environment: string
  readonly release: string
  readonly id: string
  readonly run: string
}

/** What an agent takes off now. */
export const dueControls = (
  releases: readonly {readonly environment: string; readonly name: string}[],
  records: Records,
  now: number,
): readonly DueControl[] =>
  releases.flatMap(release =>
    readControls(records, release)
      .filter(({until}) => until <= now)
      .map(({id, run}) => ({environment: release.environment, release: release.name, id, run})),
  )
