/** Of one answer to one question, in bytes. Nothing that is asked here has a tenth of it. */
export const LARGEST_ANSWER = 64 << 20

/** For drivers that keep all of an answer until its end is there: a server that never ends one would fill the memory. */
export const answersWithoutEnd = (): Error => new Error(`it answers with more than ${LARGEST_ANSWER >> 20} MB at once`)
