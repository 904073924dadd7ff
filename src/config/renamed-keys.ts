import type {Path} from '../kinds/issue.ts'

/** A key that had another name before. `*` stands for any entry of a list. */
export interface RenamedKey {
  readonly section: readonly string[]
  readonly from: string
  readonly to: string
}

/** Every key that was renamed. The old name is an error that says the new one; nothing is read under both. */
export const RENAMED_KEYS: readonly RenamedKey[] = [
  {section: ['releases', '*'], from: 'keep', to: 'keepOldSlot'},
  {section: ['releases', '*'], from: 'watch', to: 'watchFor'},
  {section: ['releases', '*'], from: 'drain', to: 'drainTimeout'},
  {section: ['releases', '*'], from: 'health', to: 'healthPath'},
  {section: ['alerts'], from: 'failures', to: 'failureThreshold'},
  {section: ['alerts'], from: 'cooldown', to: 'groupInterval'},
  {section: ['policy'], from: 'runbooks', to: 'runbookDirectories'},
  {section: ['sharedLocks'], from: 'expiry', to: 'leaseDuration'},
]

/** The name that the key at this path has now; undefined when it was never renamed. */
export function newNameOf(path: Path): string | undefined {
  const section = path.slice(0, -1)
  const found = RENAMED_KEYS.find(
    key =>
      key.from === path.at(-1) &&
      key.section.length === section.length &&
      key.section.every((step, index) => step === '*' || step === section[index]),
  )
  return found?.to
}
