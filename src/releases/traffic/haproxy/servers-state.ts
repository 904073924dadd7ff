import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {parseServersState} from './csv.ts'

export const unreadable = (why: string): OpsError =>
  new OpsError('traffic/refused', `the answer of HAProxy is not understood: ${why}`, {
    hint: 'Which version of HAProxy is it? 2.0 and later are read.',
  })

/** What `show servers state` says of a server and `show stat` does not. */
export interface ServerState {
  readonly admin: number
  readonly weight: string | undefined
  /** As in the configuration. */
  readonly ownWeight: string | undefined
  readonly address: string | undefined
}

/** By server. Without its own row, a drained server that fails its checks would be taken for one that serves. */
export function readServersState(backend: string, text: string): ReadonlyMap<string, ServerState> {
  const rows = parseServersState(text)
  const [first] = rows
  if (first === undefined && !text.includes('# '))
    throw unreadable(`\`show servers state\` answered ${JSON.stringify(escapeLine(text, 120))}`)
  const lacking = STATE_COLUMNS.find(name => first !== undefined && first[name] === undefined)
  if (lacking !== undefined) throw unreadable(`\`show servers state\` has no column ${lacking}`)
  return new Map(
    rows
      .filter(row => row['be_name'] === backend)
      .map(row => [
        row['srv_name'] ?? '',
        {
          admin: Number(row['srv_admin_state']),
          weight: row['srv_uweight'],
          ownWeight: row['srv_iweight'],
          address: addressOf(row),
        },
      ]),
  )
}
const STATE_COLUMNS = ['be_name', 'srv_name', 'srv_admin_state'] as const

/** A server with a name is looked up by HAProxy itself: its address moves without anybody's doing. */
function addressOf(row: Readonly<Record<string, string>>): string | undefined {
  const {srv_addr: address, srv_port: port, srv_fqdn: name, srvrecord: record} = row
  if (address === undefined || port === undefined || address === '-' || address === 'UNIX') return undefined
  if ((name ?? '-') !== '-' || (record ?? '-') !== '-') return undefined
  return escapeLine(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`, 80)
}
