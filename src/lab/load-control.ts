import {OpsError} from '../errors.ts'
import type {LoadSettings, LoadView} from './load/generator.ts'
import type {LabPlan} from './plan.ts'

/** Changes the traffic of a running load generator, at once. */
export function setLoad(plan: LabPlan, settings: Partial<LoadSettings>): Promise<LoadView> {
  const words = Object.entries(settings).map(([key, value]) => [key, String(value)] as const)
  return ask(plan, 'POST', '/set', Object.fromEntries(words))
}

/** Forgets everything counted so far, and all marks. */
export const resetLoad = (plan: LabPlan): Promise<LoadView> => ask(plan, 'POST', '/reset')

/** From now on requests are also counted under that name. */
export const markLoad = (plan: LabPlan, name: string): Promise<LoadView> => ask(plan, 'POST', '/mark', {name})

/** Exact counts since the start or since a mark. Raises `lab/stopped` when the generator does not answer. */
export function readLoad(plan: LabPlan, since?: string): Promise<LoadView> {
  return ask(plan, 'GET', '/stats', since === undefined ? {} : {since})
}

async function ask(
  plan: LabPlan,
  method: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<LoadView> {
  const url = new URL(path, `http://127.0.0.1:${plan.ports.load}`)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  let response: Response
  try {
    response = await fetch(url, {method, signal: AbortSignal.timeout(5000)})
  } catch (error) {
    throw new OpsError('lab/stopped', 'the load generator does not answer', {
      cause: error,
      hint: 'See "opsconsole lab status".',
    })
  }
  if (response.status === 404) throw new OpsError('usage/arguments', 'there is no such mark')
  if (!response.ok) throw new OpsError('usage/arguments', `the load generator answered ${response.status}`)
  return (await response.json()) as LoadView
}
