import {expect, test} from 'vitest'
import {untilAborted} from './until-aborted.ts'

const never = new Promise<never>(() => undefined)

test('what is done first counts', async () => {
  const abort = new AbortController()
  expect(await untilAborted(abort.signal, Promise.resolve(1))).toBe(1)
  await expect(untilAborted(abort.signal, Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})

test('an abort is not held up by work that never ends, and the work is told', async () => {
  const abort = new AbortController()
  let told = 0
  const waiting = untilAborted(abort.signal, never, () => (told += 1))
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(told).toBe(1)
})

test('one that was aborted before is aborted, and what the work says afterwards is nobody’s business', async () => {
  let unheard = 0
  const count = (): void => void (unheard += 1)
  process.on('unhandledRejection', count)
  const late = Promise.withResolvers<never>()
  await expect(untilAborted(AbortSignal.abort(new Error('enough')), late.promise)).rejects.toThrow('enough')
  late.reject(new Error('too late'))
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', count)
  expect(unheard).toBe(0)
})
