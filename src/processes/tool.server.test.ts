import {expect, test} from 'vitest'
import {startTool} from './tool.ts'

test('nothing of a program’s output is lost when it has ended before anybody reads', async () => {
  const {signal} = new AbortController()
  const tool = startTool(['sh', '-c', 'printf %70000d 7'], {stdin: 'none', stdout: 'pipe', signal})
  await tool.ended
  await new Promise(resolve => setImmediate(resolve))
  let bytes = 0
  for await (const piece of tool.stdout ?? []) bytes += (piece as Buffer).length
  expect(bytes).toBe(70_000)
})
