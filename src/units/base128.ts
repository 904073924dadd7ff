/** Whole numbers from 0 on as bytes in base 128, the lowest digit first; a digit with more to come has the highest bit. */
export function pushNumber(bytes: number[], value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

/** The same into room that is there; returns where the next one goes. No number takes more than eight bytes. */
export function putNumber(bytes: Uint8Array, at: number, value: number): number {
  let [next, rest] = [at, value]
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[next++] = (rest % 128) + 128
  bytes[next++] = rest
  return next
}

/** Reads on from `at`. What ends in the middle of a number is read as far as it goes. */
export function readNumber(reader: {readonly bytes: Uint8Array; at: number}): number {
  let value = 0
  for (let scale = 1; reader.at < reader.bytes.length; scale *= 128) {
    const byte = reader.bytes[reader.at++] ?? 0
    value += (byte % 128) * scale
    if (byte < 128) break
  }
  return value
}
