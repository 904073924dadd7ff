import {workflowCommand} from '../../text/workflow-commands.ts'

/**
 * GitHub drops what is over its limits without a word: 10 annotations of a type in a step, 50 in a job, 4 KB each
 * (docs.github.com, "Setting an error message"; actions/runner, ExecutionContext.cs). So they are counted here.
 */
export const ANNOTATION_LIMITS = {perType: 10, perJob: 50, bytes: 4096, titleBytes: 250} as const

export type AnnotationType = 'error' | 'warning' | 'notice'

export interface Annotation {
  readonly type: AnnotationType
  readonly title: string
  readonly message: string
  /** How the run ended. A place is kept for it, whatever was annotated before. */
  readonly last?: boolean
}

export interface Annotations {
  /** The command to print; undefined when there is no room left. */
  annotate(annotation: Annotation): string | undefined
  readonly count: () => number
  readonly leftOut: () => number
}

/** Counts for one step of a job, in which `used` annotations were made before. */
export function countAnnotations(used: number): Annotations {
  const made: Record<AnnotationType, number> = {error: 0, warning: 0, notice: 0}
  let [count, leftOut] = [0, 0]
  return {
    count: () => count,
    leftOut: () => leftOut,
    annotate: ({type, title, message, last}) => {
      const kept = last ? 0 : 1
      const perType = ANNOTATION_LIMITS.perType - (type === 'error' ? kept : 0)
      if (made[type] >= perType || used + count >= ANNOTATION_LIMITS.perJob - kept) {
        leftOut += 1
        return undefined
      }
      made[type] += 1
      count += 1
      return workflowCommand(type, cutBytes(message, ANNOTATION_LIMITS.bytes), {
        title: cutBytes(title, ANNOTATION_LIMITS.titleBytes),
      })
    },
  }
}

/** At most this many bytes of UTF-8, cut between characters, with an ellipsis. */
export function cutBytes(text: string, bytes: number): string {
  const whole = Buffer.from(text)
  if (whole.length <= bytes) return text
  let end = bytes - 3
  // A byte 10xxxxxx goes on with a character: never cut before one.
  while (end > 0 && ((whole[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return `${whole.subarray(0, end).toString('utf8')}…`
}
