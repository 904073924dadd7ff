import {escapeLine} from '../../../text/escape.ts'

/** A Deployment as the API prints it, as far as it is read here. */
export interface Deployment {
  readonly kind?: unknown
  readonly metadata?: {readonly name?: unknown; readonly generation?: unknown}
  readonly spec?: {
    readonly replicas?: unknown
    readonly paused?: unknown
    readonly selector?: {readonly matchLabels?: Readonly<Record<string, unknown>>}
  }
  readonly status?: {
    readonly observedGeneration?: unknown
    readonly replicas?: unknown
    readonly updatedReplicas?: unknown
    readonly readyReplicas?: unknown
    readonly availableReplicas?: unknown
    readonly conditions?: readonly {
      readonly type?: unknown
      readonly status?: unknown
      readonly reason?: unknown
      readonly message?: unknown
    }[]
  }
}

/** Where a Deployment stands. What its controller has not seen yet is not so. */
export interface Rollout {
  readonly wanted: number
  readonly ready: number
  /** Every pod is of the template of now. */
  readonly isPure: boolean
  /** The least that the Deployment allows are available: its own condition `Available`. */
  readonly isAvailable: boolean
  /** Pure, and exactly the pods that are wanted are there and available. */
  readonly isComplete: boolean
  /** In words: `3 of 4 pods available`. */
  readonly words: string
}

const count = (value: unknown): number => Number(value ?? 0)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export function rolloutOf({metadata, spec, status = {}}: Deployment): Rollout {
  // Left out is one: the default of the API. What is zero is left out of a status.
  const wanted = Number(spec?.replicas ?? 1)
  const isSeen = count(status.observedGeneration) >= count(metadata?.generation)
  const [all, updated] = [count(status.replicas), count(status.updatedReplicas)]
  const available = count(status.availableReplicas)
  const isPure = isSeen && all === updated
  const condition = status.conditions?.find(({type}) => type === 'Available')
  const stuck = status.conditions?.find(
    ({type, reason}) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  )
  return {
    wanted,
    ready: isSeen ? count(status.readyReplicas) : 0,
    isPure,
    isAvailable: isSeen && (condition === undefined ? available >= wanted : condition.status === 'True'),
    isComplete: isPure && all === wanted && available === wanted,
    words: [
      isSeen ? `${available} of ${wanted} pods available` : 'its change is not seen yet by the cluster',
      ...(isSeen && all > updated ? [`${all - updated} of an older version`] : []),
      ...(spec?.paused === true ? ['paused'] : []),
      ...(isSeen && all > wanted ? [`${all - wanted} too many`] : []),
      ...(stuck === undefined ? [] : [`past its progress deadline: ${escapeLine(textOf(stuck.message), 200)}`]),
    ].join(', '),
  }
}

interface Pod {
  readonly metadata?: {readonly name?: unknown}
  readonly status?: {
    readonly phase?: unknown
    readonly conditions?: readonly {readonly type?: unknown; readonly status?: unknown; readonly message?: unknown}[]
    readonly containerStatuses?: readonly {
      readonly ready?: unknown
      readonly restartCount?: unknown
      readonly state?: {readonly waiting?: {readonly reason?: unknown; readonly message?: unknown}}
      readonly lastState?: {readonly terminated?: {readonly exitCode?: unknown; readonly reason?: unknown}}
    }[]
  }
}

/** What keeps pods from being ready: `web-1: CrashLoopBackOff, last ended with 1`. The first three. */
export function podTroubles(list: unknown): readonly string[] {
  const {items} = (list ?? {}) as {readonly items?: unknown}
  const pods = (Array.isArray(items) ? items : []) as readonly Pod[]
  const said = pods.flatMap(pod => {
    const words = troubleOf(pod)
    return words === undefined ? [] : [escapeLine(`${textOf(pod.metadata?.name)}: ${words}`, 200)]
  })
  return said.slice(0, 3)
}

function troubleOf({status}: Pod): string | undefined {
  const unscheduled = status?.conditions?.find(({type, status: is}) => type === 'PodScheduled' && is === 'False')
  if (unscheduled !== undefined) return `not scheduled, ${textOf(unscheduled.message)}`
  for (const {ready, restartCount, state, lastState} of status?.containerStatuses ?? []) {
    if (ready === true) continue
    const ended = lastState?.terminated
    const last = ended === undefined ? '' : `, last ended with ${count(ended.exitCode)} (${textOf(ended.reason)})`
    const waiting = state?.waiting
    if (waiting !== undefined)
      return `${textOf(waiting.reason)}${waiting.message === undefined ? '' : `, ${textOf(waiting.message)}`}${last}`
    return `runs and is not ready, ${count(restartCount)} restarts${last}`
  }
  return undefined
}
