import {z} from 'zod'
import {messageOf} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {Obstacle} from '../../../kinds/questions.ts'
import {missingProgram} from '../../missing-program.ts'
import type {TrafficServer} from '../traffic-driver.ts'

const count = z.number().int().nonnegative()
const serverCounts = z.strictObject({responses: count, errors: count, refused: count.optional()})
const printed = z.record(z.string(), serverCounts)

/** What was counted of each instance, and why that is old; `problem` undefined: it is of now. */
export interface Counts {
  readonly byServer: Readonly<Record<string, z.infer<typeof serverCounts>>>
  readonly problem: string | undefined
}

export type Count = (signal: AbortSignal) => Promise<Counts>

/**
 * A program of the project that counts answers by instance, since nobody in the cluster does. Where it fails, what it said
 * last stands: then nothing was counted since, which proves nothing, and keeps nobody from moving traffic.
 */
export function openCounts(
  argv: readonly string[],
  {exec, names, timeoutMs}: {readonly exec: Exec; readonly names: readonly string[]; readonly timeoutMs: number},
): Count {
  let last: Counts['byServer'] = {}
  return async signal => {
    try {
      last = countsIn((await exec(argv, {signal, timeoutMs, cwd: '/'})).stdout, names)
      return {byServer: last, problem: undefined}
    } catch (cause) {
      signal.throwIfAborted()
      return {byServer: last, problem: `not counted: ${escapeLine(messageOf(cause), 200)}`}
    }
  }
}

/** The programs of the traffic that are not there. */
export async function missingKubernetesPrograms(spec: {
  readonly kubectl: readonly string[]
  readonly counts?: readonly string[] | undefined
}): Promise<readonly Obstacle[]> {
  const asked = [
    missingProgram('traffic.kubectl', spec.kubectl, '/'),
    ...(spec.counts === undefined ? [] : [missingProgram('traffic.counts', spec.counts, '/')]),
  ]
  return (await Promise.all(asked)).flat()
}

export function withCounts(server: TrafficServer, counts: Counts | undefined): TrafficServer {
  if (counts === undefined) return server
  const {refused, ...counted} = counts.byServer[server.name] ?? {}
  return {
    ...server,
    ...counted,
    ...(refused === undefined ? {} : {refused}),
    check: counts.problem === undefined ? server.check : `${server.check}; ${counts.problem}`,
  }
}

/** Raises an error with what is wrong: taken for zero it would be a lie. */
function countsIn(text: string, names: readonly string[]): Counts['byServer'] {
  const parsed = printed.safeParse(json(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(
      `the program printed what is not understood at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
    )
  }
  const lacking = names.find(name => !Object.hasOwn(parsed.data, name))
  if (lacking !== undefined) throw new Error(`the program printed nothing of ${lacking}`)
  return parsed.data
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`the program printed no JSON: ${text.trim().slice(0, 100) || 'nothing'}`)
  }
}
