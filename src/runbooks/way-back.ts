/** Answers that stop a run, or keep it from beginning: what they lead to is its end and its undo, never a further step. */
export const isWayBack = (answer: string): boolean => answer === 'abort' || answer === 'no'
