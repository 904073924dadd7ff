import type {Alert} from './state.ts'

export type Acknowledgement = NonNullable<Alert['acknowledged']>

/** Where alerts are kept. Consoles read and acknowledge, the process that watches changes the rest. */
export interface AlertStore {
  /** Pending and firing alerts, and those resolved since that moment. */
  since(resolvedSince: number): readonly Alert[]
  get(id: string): Alert | undefined
  /**
   * Writes and removes in one transaction. An acknowledgement is not written but only dropped, when the alert has
   * none: somebody may acknowledge in another process while this one evaluates.
   */
  save(alerts: readonly Alert[], removed: readonly string[]): void
  /** False: there is no such alert, or it is neither pending nor firing. */
  acknowledge(id: string, acknowledgement: Acknowledgement): boolean
  /** Forgets alerts that were resolved before that moment. */
  forget(resolvedBefore: number): void
}
