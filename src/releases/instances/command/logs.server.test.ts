import {expect, test} from 'vitest'
import {commandLogs} from './logs.ts'

const logsOf = (...argv: string[]) =>
  commandLogs(argv, {directory: '/tmp', timeoutMs: 1000, exec: () => Promise.reject(new Error('not asked'))})
const place = {slot: 'blue', instance: 'blue-1'}

test('a log without an end shows its first lines at once, and its program ends when nobody looks any more', async () => {
  const looking = new AbortController()
  let bytes = 0
  const stream = logsOf('yes', '{instance} answered').stream(place, looking.signal, chunk => {
    bytes += chunk.length
    if (bytes > 2000) looking.abort()
  })
  await expect(stream).rejects.toThrow(/yes was killed/)
  expect(bytes).toBeGreaterThan(2000)
})

test('why it could not be read is what the program said last', async () => {
  const {signal} = new AbortController()
  const stream = logsOf('sh', '-c', 'echo some; echo "no such container" >&2; exit 3').stream(place, signal, () => {})
  await expect(stream).rejects.toThrow(/exited with 3: no such container/)
})
