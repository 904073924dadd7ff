import {reasonOf} from '../reason.ts'
import {RedisRefusal} from './refusal.ts'
import {openSession, type RedisSession} from './session.ts'
import {addressText, type RedisAddress, type RedisUrl} from './url.ts'

/** Asks one Sentinel after the other, without the password of the data, where the master is, and connects to it. */
export async function openBySentinel(url: RedisUrl, name: string, signal: AbortSignal): Promise<RedisSession> {
  const faults: string[] = []
  for (const host of url.hosts) {
    try {
      const master = await askSentinel(url, host, name, signal)
      const session = await openSession(url, master, signal)
      if (session.identity.role === 'master') return session
      session.redis.disconnect()
      faults.push(`${addressText(host)} names ${addressText(master)}, which is a replica`)
    } catch (error) {
      signal.throwIfAborted()
      faults.push(`${addressText(host)}: ${reasonOf(error)}`)
    }
  }
  throw new RedisRefusal(`no master by Sentinel: ${faults.join('; ')}`)
}

async function askSentinel(
  url: RedisUrl,
  host: RedisAddress,
  name: string,
  signal: AbortSignal,
): Promise<RedisAddress> {
  const bare = {tls: url.tls, username: undefined, password: undefined, database: 0}
  const {redis, identity} = await openSession(bare, host, signal)
  try {
    if (identity.mode !== 'sentinel') throw new RedisRefusal('it is not a Sentinel')
    const answer = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
    if (!Array.isArray(answer)) throw new RedisRefusal(`it knows no master ${JSON.stringify(name)}`)
    return {host: String(answer[0]), port: Number(answer[1])}
  } finally {
    redis.disconnect()
  }
}
