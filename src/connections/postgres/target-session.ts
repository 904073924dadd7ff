import type {Client} from 'pg'

/** `prefer-standby` is two passes over the list: for a standby, then for anything. */
export const targetPasses = (attrs: string): readonly string[] =>
  attrs === 'prefer-standby' ? ['standby', 'any'] : [attrs]

/** Why a session is not of the wanted sort. */
export async function sessionFault(client: Client, target: string): Promise<string | undefined> {
  if (target === 'any') return undefined
  try {
    const {rows} = await client.query<{standby: boolean; readonly: string}>(
      `select pg_catalog.pg_is_in_recovery() as standby,
         pg_catalog.current_setting('default_transaction_read_only') as readonly`,
    )
    const standby = rows[0]?.standby === true
    return faultFor(target, {standby, readOnly: standby || rows[0]?.readonly === 'on'})
  } catch {
    return 'it cannot be seen whether it is a standby'
  }
}

function faultFor(target: string, {standby, readOnly}: {standby: boolean; readOnly: boolean}): string | undefined {
  if (target === 'read-write') return readOnly ? 'the session is read-only' : undefined
  if (target === 'read-only') return readOnly ? undefined : 'the session is not read-only'
  if (target === 'primary') return standby ? 'the server is a standby' : undefined
  return standby ? undefined : 'the server is not a standby'
}
