import type {Obstacle} from '../../kinds/questions.ts'
import type {Exec} from '../../processes/exec.ts'
import type {InstancePlace} from './instance-place.ts'
import type {Readiness} from '../wait.ts'
import type {LogSource} from './log-source.ts'
import type {Startable} from './startable.ts'

/** One thing that is done with an instance: exactly what is recorded is what is carried out. */
export interface InstanceAction {
  /** For the record and the dry run: as a person would type it. */
  readonly text: string
  /** What was printed. Raises when it failed, or did not end in time. */
  carryOut(signal: AbortSignal): Promise<string>
}

/** What starts and stops instances. One folder for each driver. Raises `release/unknown` for values that cannot be passed. */
export interface InstanceDriver {
  /** The longest that one of these takes, and that an instance then takes to be healthy. */
  readonly timeoutMs: number
  start(place: InstancePlace, version: string): InstanceAction
  stop(place: InstancePlace): InstanceAction
  /**
   * Whether an instance that is stopped could be started with this version: its artefact or image is there. Changes
   * nothing. Undefined: nobody can tell without starting it.
   */
  readonly startable?: (place: InstancePlace, version: string, signal: AbortSignal) => Promise<Startable>
  /**
   * Whether all of an instance runs as it was started last, where one is several processes and the answer of one says nothing
   * of the others. Changes nothing. Undefined: an instance is one.
   */
  readonly rollout?: (place: InstancePlace, signal: AbortSignal) => Promise<Readiness>
  /** These very instances, where their names may come to mean others; see `TrafficDriver.identity`. */
  readonly identity?: (places: readonly InstancePlace[], signal: AbortSignal) => Promise<string>
  /** Where their log lines are read. Undefined: nowhere that is known. */
  readonly logs: LogSource | undefined
  /** Why it could not do these things at all, or not with these, such as a program that is not here. Changes nothing. */
  obstacles(places?: readonly InstancePlace[]): Promise<readonly Obstacle[]>
}

/** What a driver may use. */
export interface InstanceTools {
  readonly exec: Exec
  /** Of the configuration: programs run there. */
  readonly directory: string
}
