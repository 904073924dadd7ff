import {connect} from 'node:net'
import type {RedisAddress} from './url.ts'

/** What a server that turns a client away says within this, before it closes. */
const SAID_WITHIN_MS = 500

/**
 * Why a server closes at once, such as `ERR max number of clients reached` or `DENIED Redis is running in protected mode`.
 * Who has sent something by then gets a reset and never reads it, so this one only listens. Undefined: it says nothing.
 */
export function turnedAway({host, port}: RedisAddress, signal: AbortSignal): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({host, port})
    let said = ''
    const end = (): void => {
      socket.destroy()
      signal.removeEventListener('abort', end)
      resolve(/^-([^\r\n]{1,300})/.exec(said)?.[1])
    }
    signal.addEventListener('abort', end, {once: true})
    socket.setTimeout(SAID_WITHIN_MS, end)
    socket.setEncoding('utf8')
    socket.on('data', piece => {
      said = `${said}${String(piece)}`.slice(0, 1000)
      if (said.includes('\n')) end()
    })
    socket.on('error', end)
    socket.on('close', end)
  })
}
