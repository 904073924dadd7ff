/** A whole WebSocket frame; messages in several frames are sent back frame by frame. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** From a server to a client, so not masked. */
export function frameBytes({opcode, payload}: Frame): Buffer {
  const size = payload.length
  const head =
    size < 126 ? Buffer.from([0x80 | opcode, size]) : Buffer.from([0x80 | opcode, 126, size >> 8, size & 0xff])
  return Buffer.concat([head, payload])
}

/** Whole frames of a client, and what is left of one that has not come completely, as those of more than 64 KB never do. */
export function takeFrames(bytes: Buffer): {readonly frames: readonly Frame[]; readonly rest: Buffer} {
  const frames: Frame[] = []
  let at = 0
  for (;;) {
    const frame = frameAt(bytes.subarray(at))
    if (frame === undefined) return {frames, rest: bytes.subarray(at)}
    frames.push(frame)
    at += frame.length
  }
}

function frameAt(bytes: Buffer): (Frame & {readonly length: number}) | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  if (short === 127) return undefined
  const head = short === 126 ? 4 : 2
  const masked = (bytes.readUInt8(1) & 0x80) !== 0
  const start = head + (masked ? 4 : 0)
  if (bytes.length < start) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short
  if (bytes.length < start + size) return undefined
  const payload = Buffer.from(bytes.subarray(start, start + size))
  if (masked) for (const [index, byte] of payload.entries()) payload[index] = byte ^ bytes.readUInt8(head + (index % 4))
  return {opcode: bytes.readUInt8(0) & 0x0f, payload, length: start + size}
}
