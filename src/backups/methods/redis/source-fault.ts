import {reasonOf} from '../../../connections/reason.ts'
import {openNode} from '../../../connections/redis/nodes.ts'
import {parseRedisUrl} from '../../../connections/redis/url.ts'
import {escapeLine} from '../../../text/escape.ts'

/** Why a Redis cannot be copied, as far as one can see without copying it; undefined when nothing speaks against it. */
export async function sourceFault(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const nodes = await openNode(parseRedisUrl(url), signal)
    nodes.close()
    const {mode} = nodes.sessions[0].identity
    if (mode !== 'cluster' && mode !== 'sentinel') return undefined
    return `its Redis is a ${mode === 'cluster' ? 'node of a cluster' : 'Sentinel'}: it does not hold everything`
  } catch (cause) {
    return `its Redis does not answer: ${escapeLine(reasonOf(cause), 200)}`
  }
}
