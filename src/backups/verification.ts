/** What is wrong with a backup, by name. */
export type Fault = 'missing' | 'truncated' | 'altered' | 'wrong key' | 'unreadable'

/** What reading a backup found, by its name. */
export class DamageError extends Error {
  readonly fault: Fault
  constructor(fault: Fault, message: string) {
    super(message)
    this.fault = fault
  }
}

export interface Verification {
  readonly ok: boolean
  readonly level: 'full' | 'checksum'
  readonly fault: Fault | undefined
  /** One line: what was read, or what is wrong and where. */
  readonly reason: string
  readonly durationMs: number
  /** Of the stored file when the reading began. */
  readonly modifiedMs: number
}
