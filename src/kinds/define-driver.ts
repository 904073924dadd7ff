import type {z} from 'zod'
import type {ResolveSecret} from '../config/fields.ts'
import type {Exec} from '../processes/exec.ts'
import type {Clock} from '../units/clock.ts'
import type {Issue} from './issue.ts'
import type {Places} from './places.ts'
import type {Check} from './verdict.ts'

/** A strict section with a `type`, by which it is told apart from the other drivers of its kind. */
export type DriverSchema = z.ZodObject<{readonly type: z.ZodLiteral<string>} & z.core.$ZodLooseShape, z.core.$strict>

/** What a driver may use to answer the doctor. */
export interface DoctorTools {
  /** What the check is called, such as `release production/web`. */
  readonly name: string
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly clock: Clock
  readonly exec: Exec
  readonly secret: ResolveSecret
}

/** A program that a driver runs, for the doctor. */
export interface Program {
  readonly program: string
  /** What it is used for: `it is used for backups`. */
  readonly why: string
  /** Its package in Debian. */
  readonly debian: string
  readonly needed: boolean
  /** What it is asked for its version by, where that is not `--version`. */
  readonly versionBy?: string
  /** The key of the driver that may name another one, or its path. */
  readonly key?: string
}

/**
 * One way of doing what its kind does: a probe, a channel, a method. Everything that differs from one driver to the
 * next is here, so that adding one is a folder and a line in the registry of its kind.
 */
export interface Driver<Schema extends DriverSchema, Tools, Opened> {
  /** The value of `type` in the configuration, and the name of the folder. */
  readonly type: z.output<Schema>['type'] & string
  readonly schema: Schema
  /**
   * Loads what opens it: `async () => (await import('./probe.ts')).openTcpProbe`. A command that opens none loads none.
   * Nothing is connected and no secret is read before what was opened is used.
   */
  load(): Promise<(spec: z.output<Schema>, tools: Tools) => Opened>
  /** The same with its relative paths resolved; left out when it has none. */
  paths?(spec: z.output<Schema>, places: Places): z.output<Schema>
  /** What the schema cannot see, by path from the driver's section. */
  check?(spec: z.output<Schema>): readonly Issue[]
  /** What it talks to, for people: without credentials, escaped. */
  address?(spec: z.output<Schema>): string
  /** Checks what it needs, and says what is wrong with it. A rejection is a failed check. */
  doctor?(spec: z.output<Schema>, tools: DoctorTools): Promise<readonly Check[]>
  /** Programs it runs here. */
  readonly programs?: readonly Program[]
  /** Every key it has, for the commented example. `entry` has other keys of the entry it stands in, such as `name`. */
  readonly example: {readonly spec: z.input<Schema>; readonly entry?: Readonly<Record<string, unknown>>}
}

/** Declares a driver; only the types are checked. */
export const defineDriver = <Schema extends DriverSchema, Tools, Opened>(
  driver: Driver<Schema, Tools, Opened>,
): Driver<Schema, Tools, Opened> => driver
