import {type Leftover, PART, resumedFile} from '../resumed.ts'
import type {UnfinishedFile} from '../storage.ts'
import {storageFailure} from './failure.ts'
import {askRemote, type Remote, streamRemote} from './remote.ts'
import {appendScript, digestScript, END, removeScript, takeOverScript} from './scripts.ts'
import {beginRemote, partialOf, writeRemote} from './unfinished.ts'

const CLEAN_UP_MS = 30_000

/** Goes on with the newest unfinished file of that name over there. The others are removed when it is whole. */
export async function resumeRemote(remote: Remote, name: string, signal?: AbortSignal): Promise<UnfinishedFile> {
  const partial = partialOf(name)
  const lines = await linesOf(remote, takeOverScript(remote.directory, {name, partial, part: PART}), signal)
  const bytes = Number(lines[0])
  if (lines.at(-1) !== END || !(bytes > 0)) return beginRemote(remote, name, signal)
  const digests = lines.slice(1, 1 + Math.floor(bytes / PART)).map(digestIn)
  return resumedFile(leftoverOf(remote, {name, partial, digests, signal}))
}

interface Found {
  readonly name: string
  readonly partial: string
  readonly digests: readonly (string | undefined)[]
  readonly signal: AbortSignal | undefined
}

const leftoverOf = (remote: Remote, {name, partial, digests, signal}: Found): Leftover => ({
  digestOf: part => Promise.resolve(digests[part]),
  goOn: (there, expected) =>
    writeRemote(remote, {
      name,
      partial,
      script: appendScript(remote.directory, partial, there),
      signal,
      there,
      async verify() {
        const [line = ''] = await linesOf(remote, digestScript(remote.directory, partial), signal)
        if (digestIn(line) !== expected())
          throw storageFailure(remote.address, `${partial} is not what was sent: somebody else wrote there`)
      },
    }),
  async remove() {
    await askRemote(remote, removeScript(remote.directory, [partial]), AbortSignal.timeout(CLEAN_UP_MS)).catch(
      () => undefined,
    )
  },
})

/** `sha256sum` prints it before the name. */
const digestIn = (line: string): string | undefined => /^([0-9a-f]{64}) /.exec(line)?.[1]

/** However long the host reads for it: a large file is read whole. */
async function linesOf(remote: Remote, script: string, signal?: AbortSignal): Promise<readonly string[]> {
  let text = ''
  for await (const piece of streamRemote(remote, script, signal ?? new AbortController().signal))
    text += Buffer.from(piece).toString('latin1')
  return text.trimEnd().split('\n')
}
