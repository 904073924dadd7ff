import {mkdir, writeFile} from 'node:fs/promises'
import {identify} from '../processes/identity.ts'
import {newScratchDirectory, scratchMarker, type ScratchServer} from './scratch.ts'

/** A scratch place that is a directory only. Nothing is made yet: it can be saved before the first change. */
export const planScratchDirectory = (): ScratchServer => ({
  type: 'files',
  directory: newScratchDirectory(),
  binaries: '',
  account: undefined,
  superuser: '',
})

/** Only this user may enter it; its marker says whose it is, should its drill be killed. */
export async function makeScratchDirectory(server: ScratchServer, {run}: {readonly run: string}): Promise<void> {
  await mkdir(server.directory, {mode: 0o700})
  await writeFile(scratchMarker(server), JSON.stringify({run, owner: identify(process.pid), server}), {mode: 0o600})
}
