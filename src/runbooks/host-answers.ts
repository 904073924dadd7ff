import {type HostView, isUnsettled} from './host-states.ts'
import type {Settlement} from './settlements.ts'

/** What a person may say of single hosts of a step whose outcome nobody knows. */
export type HostSettlement = Extract<Settlement, 'recheck' | 'done' | 'rerun' | 'skip'>

/** Besides the answers for all of them: which hosts can be answered for on their own, and how. */
export interface HostAnswers {
  readonly hosts: readonly string[]
  readonly choices: readonly HostSettlement[]
}

/** An answer for some of the hosts that a question is about; what it does not name is asked again. */
export interface HostAnswer {
  readonly choice: HostSettlement
  readonly hosts: readonly string[]
}

/** As it is given: `done web-3,web-7`. */
export const hostAnswerText = (choice: string, hosts: readonly string[]): string => `${choice} ${hosts.join(',')}`

/** Undefined when it is no such answer: a choice for all of them, another host, one that cannot be given for a host alone. */
export function hostAnswerOf(
  {byHost}: {readonly byHost?: HostAnswers | undefined},
  text: string,
): HostAnswer | undefined {
  const [said = '', names = '', ...more] = text.split(' ')
  const choice = byHost?.choices.find(one => one === said)
  const hosts = [...new Set(names.split(','))]
  const known = more.length === 0 && hosts.every(host => byHost?.hosts.includes(host))
  return choice === undefined || !known ? undefined : {choice, hosts}
}

/**
 * What can be said of each host in flight. One that was being taken back is left out by nobody alone: then the step
 * would be neither as before nor as after, which is for the whole of it.
 */
export function hostAnswersFor(
  open: readonly HostView[] | undefined,
  {undoing, canRecheck}: {readonly undoing: boolean; readonly canRecheck: boolean},
): HostAnswers | undefined {
  const hosts = open?.filter(isUnsettled).map(({host}) => host) ?? []
  if (hosts.length === 0) return undefined
  if (undoing) return {hosts, choices: ['done', 'rerun']}
  return {hosts, choices: [...(canRecheck ? (['recheck'] as const) : []), 'done', 'rerun', 'skip']}
}
