import {buffer} from 'node:stream/consumers'

/** What is known of a start only when a person has confirmed it; `params`: its secret ones, a JSON object. */
export interface StartOrder {
  readonly reason: string
  readonly typed: string | undefined
  readonly dryRun: boolean
  readonly params: string
}

export const orderText = (order: StartOrder): string => JSON.stringify(order)

/** The order on standard input; undefined when none came: the dialog was left, or whoever asked has died. */
export async function readStartOrder(): Promise<StartOrder | undefined> {
  const text = (await buffer(process.stdin)).toString('utf8')
  return text === '' ? undefined : (JSON.parse(text) as StartOrder)
}
