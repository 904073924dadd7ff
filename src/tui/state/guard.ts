/** A question that has just appeared ignores keys this long: they were meant for what was there before. */
export const GUARD_MS = 300

/** A key that follows an ignored one this quickly belongs to the same burst of typing, and is ignored as well. */
export const BURST_MS = 150
