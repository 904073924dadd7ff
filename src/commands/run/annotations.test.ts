import {expect, test} from 'vitest'
import {ANNOTATION_LIMITS, countAnnotations, cutBytes} from './annotations.ts'

const error = {type: 'error', title: 'Step', message: 'no'} as const

test('nine errors and how the run ended; the rest is counted', () => {
  const annotations = countAnnotations(0)
  const made = Array.from({length: 15}, () => annotations.annotate(error))
  expect(made.filter(Boolean)).toHaveLength(9)
  expect(annotations.annotate({...error, title: 'the end', last: true})).toBe('::error title=the end::no')
  expect(annotations.leftOut()).toBe(6)
  expect(countAnnotations(0).annotate({...error, type: 'warning'})).toBe('::warning title=Step::no')
})

test('ten of each type, and types do not take each other’s place', () => {
  const annotations = countAnnotations(0)
  for (const type of ['warning', 'notice'] as const)
    expect(Array.from({length: 12}, () => annotations.annotate({...error, type})).filter(Boolean)).toHaveLength(10)
  expect(annotations.count()).toBe(20)
})

test('fifty in a job: what earlier steps used is gone, but the end always finds its place', () => {
  const annotations = countAnnotations(45)
  expect(Array.from({length: 9}, () => annotations.annotate(error)).filter(Boolean)).toHaveLength(4)
  expect(annotations.annotate({...error, last: true})).toBeDefined()
  expect(annotations.annotate({...error, last: true})).toBeUndefined()
})

test('a message is never longer than 4 KB, whatever its letters', () => {
  for (const letter of ['x', 'ä', '日', '👍']) {
    const cut = cutBytes(letter.repeat(5000), ANNOTATION_LIMITS.bytes)
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(4096)
    expect(Buffer.byteLength(cut)).toBeGreaterThan(4085)
    expect(cut.slice(0, -1).replaceAll(letter, '')).toBe('')
  }
  expect(cutBytes('short', 4096)).toBe('short')
})
