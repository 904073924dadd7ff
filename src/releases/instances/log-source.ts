import type {Obstacle} from '../../kinds/questions.ts'
import type {InstancePlace} from './instance-place.ts'

/**
 * Where log lines of instances are read, for `diagnose` and the doctor: what a program prints, a journal, a log service.
 * A source is a folder of its own or a part of its driver's; a driver says which one its instances have.
 */
export interface LogSource {
  /**
   * The last lines of one instance, the newest at the end, as they stand there: whoever shows them escapes them. Changes
   * nothing. Raises `release/unknown` for a place that cannot be passed, and why it could not be read.
   */
  read(place: InstancePlace, signal: AbortSignal): Promise<string>
  /**
   * What `read` gives, as it comes and however long it is, for whoever looks at it: until the source ends, or for ever
   * where it goes on by itself. Raises as `read` does.
   */
  stream(place: InstancePlace, signal: AbortSignal, take: (bytes: Uint8Array) => void): Promise<void>
  /** Why nothing could be read at all, such as a program that is not here. Changes nothing. */
  obstacles(): Promise<readonly Obstacle[]>
}
