import type {Conninfo} from './conninfo.ts'
import {type HostEntry, SOCKET_DIRECTORY} from './hosts.ts'
import {readPasswordFile} from './password-file.ts'

/** Asked for only when the server wants one. */
export async function passwordOf(
  {settings, database, user}: Conninfo,
  {host, hostaddr, port}: HostEntry,
): Promise<string> {
  if (settings['password']) return settings['password']
  const name = host === SOCKET_DIRECTORY ? 'localhost' : host || hostaddr
  const {password, ignored} = await readPasswordFile(settings['passfile'] ?? '', {host: name, port, database, user})
  if (password) return password
  throw new Error(
    `the server asks for a password of ${user}, and there is none${ignored === undefined ? '' : `: ${ignored}`}`,
  )
}
