/** What a person may say of a step whose outcome nobody knows. */
export type Settlement = 'recheck' | 'done' | 'rerun' | 'skip' | 'abort'
export const SETTLEMENTS: readonly Settlement[] = ['recheck', 'done', 'rerun', 'skip', 'abort']
