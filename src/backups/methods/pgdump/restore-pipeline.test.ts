import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import {expect, onTestFinished, test, vi} from 'vitest'
import {ToolKilledError} from '../../../processes/tool.ts'
import {restorePipeline} from './restore-pipeline.ts'

const DUMP = zlib.zstdCompressSync(Buffer.alloc(4_000_000, 'row of a table\n'))
/** As pg_restore does, it wants to know at once what it reads. */
const READER = `[ -n "$(head -c 5)" ] || { echo "input file is too short (read 0, expected 5)" >&2; exit 1; }; `

/** Found before the zstd of the host. */
function zstdThat(script: string): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-zstd-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  writeFileSync(path.join(directory, 'zstd'), `#!/bin/sh\n${script}\n`, {mode: 0o755})
  vi.stubEnv('PATH', `${directory}:${process.env['PATH'] ?? ''}`)
}

async function failure(script: string, pieces: readonly Uint8Array[] = [DUMP]): Promise<unknown> {
  async function* source(): AsyncGenerator<Uint8Array> {
    // Copies: what the pipeline is given it frees.
    for (const piece of pieces) yield Uint8Array.from(piece)
  }
  const argv = ['/bin/sh', '-c', READER + script]
  return restorePipeline({source: source(), argv, signal: new AbortController().signal}).then(
    () => undefined,
    (error: unknown) => error,
  )
}

test('everything reaches the program', async () => {
  expect(await failure('[ "$(wc -c)" = 3999995 ]')).toBeUndefined()
})

test('where there is no zstd program, too', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-zstd-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  for (const program of ['head', 'wc', 'sh']) symlinkSync(`/usr/bin/${program}`, path.join(directory, program))
  vi.stubEnv('PATH', directory)
  expect(await failure('[ "$(wc -c)" = 3999995 ]')).toBeUndefined()
})

test('when zstd was killed that is told, not that the program got nothing to read', async () => {
  zstdThat('kill -TERM $$')
  const error = await failure('cat > /dev/null')
  expect(error).toBeInstanceOf(ToolKilledError)
  expect(String(error)).toContain('zstd was killed by SIGTERM')
})

test('what zstd says of bytes it cannot unfold is the cause', async () => {
  expect(String(await failure('cat > /dev/null', [DUMP.subarray(0, 100)]))).toContain('zstd exited with 1')
})

test('a program that breaks off says why, whatever its neighbour says of the broken pipe', async () => {
  expect(String(await failure('echo "there is a table of that name" >&2; exit 1'))).toContain(
    'sh exited with 1: there is a table of that name',
  )
})

test('a program that is gone before it was given anything says why', async () => {
  const argv = ['/bin/sh', '-c', 'kill -9 $$']
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.from(DUMP)
  }
  await expect(restorePipeline({source: source(), argv, signal: new AbortController().signal})).rejects.toThrow(
    'sh was killed by SIGKILL',
  )
})

test('a source that breaks off is the cause', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield DUMP.subarray(0, 100)
    throw new Error('the host of the backups is gone')
  }
  const argv = ['/bin/sh', '-c', 'cat > /dev/null']
  await expect(restorePipeline({source: source(), argv, signal: new AbortController().signal})).rejects.toThrow(
    'the host of the backups is gone',
  )
})
