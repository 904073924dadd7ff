import {chown, open, rename, stat} from 'node:fs/promises'

/**
 * The file with another text, whole or not at all, with the mode and owner it has. The name beside it ends so that no
 * `include *.conf` takes it. `changedAt`, milliseconds: the time it is to carry, for a text that is put back.
 */
export async function replaceFile(file: string, text: string, changedAt?: number): Promise<void> {
  const {mode, uid, gid} = await stat(file)
  const beside = `${file}.opsconsole-new`
  const handle = await open(beside, 'w', mode)
  try {
    await handle.chmod(mode)
    await handle.writeFile(text)
    if (changedAt !== undefined) await handle.utimes(changedAt / 1000, changedAt / 1000)
    await handle.sync()
  } finally {
    await handle.close()
  }
  // Only root may give it away; for anybody else it is his already, or becomes so.
  if (process.getuid?.() === 0) await chown(beside, uid, gid)
  await rename(beside, file)
}
