/**
 * What the trail keeps of the journal of a run: enough to see that a journal was edited, and to name the record. It stands
 * in records that the trail gets anyway.
 */
export interface JournalAnchor {
  /** Records of the journal when this was written. */
  readonly records: number
  /** SHA-256 of the file up to there, over the exact bytes. */
  readonly digest: string
  /** Hashes of the last of these records in a row, `HASH_LENGTH` hex digits each: all that came since the anchor before. */
  readonly each: string
  /** Hashes, likewise, of what is written next, or never when its writer dies before. */
  readonly next?: string
  /** So many of the records are surely on disk, whatever happens to the machine; all of them when left out. */
  readonly durable?: number
}

/** Hex digits of a record's hash in an anchor. The digest counts; these say which record it was. */
export const HASH_LENGTH = 16

/** Action of the record in which a person continues with a journal that differs: what was compared before it is accepted. */
export const JOURNAL_ACCEPTED = 'journal difference accepted'
