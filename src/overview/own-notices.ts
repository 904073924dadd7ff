import {SHORTEST_SECRET} from '../text/redact.ts'
import type {Snapshot} from './snapshot.ts'

/** What is wrong with this process and what it keeps, where that is so. */
export interface OwnTrouble {
  readonly certificatesUnchecked: boolean
  readonly brokenTrail: string | undefined
  readonly shortSecrets: readonly string[]
  readonly trouble: string | undefined
  readonly unkept?: string | undefined
  readonly setAside?: string | undefined
}

/** What must be known of this process itself before anything else is believed. */
export function ownNotices({
  certificatesUnchecked,
  brokenTrail,
  shortSecrets,
  trouble,
  unkept,
  setAside,
}: OwnTrouble): Snapshot['notices'] {
  const short = shortSecrets.join(', ')
  const all = [
    certificatesUnchecked && critical('NODE_TLS_REJECT_UNAUTHORIZED=0: no certificate of a server is checked'),
    brokenTrail !== undefined && critical(brokenTrail),
    short !== '' && warning(`too short to be redacted, under ${SHORTEST_SECRET} bytes: ${short}`),
    trouble !== undefined && critical(`the monitor has a problem: ${trouble}`),
    unkept !== undefined && warning(`nothing measured now is being stored: ${unkept}`),
    setAside !== undefined && warning(`the store was damaged and recreated; the old one is ${setAside}`),
  ]
  return all.filter(each => each !== false)
}

type Notice = Snapshot['notices'][number]

const critical = (text: string): Notice => ({level: 'critical', text})
const warning = (text: string): Notice => ({level: 'warning', text})
