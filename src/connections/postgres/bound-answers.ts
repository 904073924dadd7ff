import type {Connection} from 'pg'
import {answersWithoutEnd, LARGEST_ANSWER} from '../largest-answer.ts'

/** Ends the connection when the server answers a query, or lets somebody in, with more than any answer has. */
export function boundAnswers(connection: Connection, tls: boolean): void {
  let bytes = 0
  connection.on('readyForQuery', () => (bytes = 0))
  const count = (): void => {
    const {stream} = connection
    stream.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes > LARGEST_ANSWER) stream.destroy(answersWithoutEnd())
    })
  }
  connection.once(tls ? 'sslconnect' : 'connect', count)
}
