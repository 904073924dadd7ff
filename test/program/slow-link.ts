/** One way of a link that carries little and takes long. What it is given lies in it until it is delivered, as in the buffers of a network. */
export interface Pipe {
  send(data: string | Uint8Array): void
  /** Bytes that are on their way. */
  readonly lying: () => number
  /** The most that ever were since this was asked last. */
  most(): number
  /** Bytes that have arrived. */
  readonly carried: () => number
}

export interface PipeOptions {
  readonly bytesPerSecond: number
  readonly delayMs: number
}

/** The link of issue 10: 1 KB/s, and 600 ms until an answer could be there. */
export const SLOW_LINK: PipeOptions = {bytesPerSecond: 1024, delayMs: 300}

/** Delivered in pieces of so many bytes, as they come off a line. */
const PIECE = 32

export function createPipe(
  {bytesPerSecond, delayMs}: PipeOptions,
  deliver: (data: Uint8Array<ArrayBuffer>) => void,
): Pipe {
  let [lying, most, carried] = [0, 0, 0]
  let freeAt = 0
  return {
    send(data) {
      const bytes = Buffer.from(data)
      lying += bytes.length
      most = Math.max(most, lying)
      for (let at = 0; at < bytes.length; at += PIECE) {
        const piece = Uint8Array.from(bytes.subarray(at, at + PIECE))
        freeAt = Math.max(performance.now(), freeAt) + (piece.length / bytesPerSecond) * 1000
        setTimeout(
          () => {
            lying -= piece.length
            carried += piece.length
            deliver(piece)
          },
          freeAt - performance.now() + delayMs,
        )
      }
    },
    lying: () => lying,
    most() {
      const seen = most
      most = lying
      return seen
    },
    carried: () => carried,
  }
}
