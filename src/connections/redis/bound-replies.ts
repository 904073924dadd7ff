import type {Redis} from 'ioredis'
import {answersWithoutEnd, LARGEST_ANSWER} from '../largest-answer.ts'

/** Ends the connection in the middle of a reply that is larger than any. For one that has just been made. */
export function boundReplies(redis: Redis): void {
  const {stream} = redis
  let bytes = 0
  let waiting: unknown
  // Once before the driver reads a piece, once after: while the same command waits, its reply is still coming.
  stream.prependListener('data', () => (waiting = redis.commandQueue.peekFront()))
  stream.on('data', (piece: Buffer) => {
    bytes = redis.commandQueue.peekFront() === waiting ? bytes + piece.length : 0
    if (bytes <= LARGEST_ANSWER) return
    const error = answersWithoutEnd()
    redis.recoverFromFatalError(error, error, {offlineQueue: false})
    stream.destroy()
  })
}
