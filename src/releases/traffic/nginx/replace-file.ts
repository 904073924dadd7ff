import {chown, open, rename, rm, stat} from 'node:fs/promises'
import path from 'node:path'
import {OpsError} from '../../../errors.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'

/** Beside the file, and hidden: no `include *`, nor `include *.conf`, takes it, also when it is left behind. */
export const hiddenBeside = (file: string, what: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.opsconsole-${what}`)

/**
 * The file with another text, whole or not at all, with the mode and owner it has. Texts are bytes, one a character. Raises
 * `traffic/refused`, with nothing changed, when it does not hold `expected` any more: somebody else's edit would be lost.
 */
export async function replaceFile(file: string, text: string, expected: string): Promise<void> {
  const {mode, uid, gid} = await stat(file)
  const beside = hiddenBeside(file, 'new')
  try {
    const handle = await open(beside, 'w', mode)
    try {
      await handle.chmod(mode)
      await handle.writeFile(Buffer.from(text, 'latin1'))
      await handle.sync()
    } finally {
      await handle.close()
    }
    // Only root may give it away; for anybody else it is his already, or becomes so.
    if (process.getuid?.() === 0) await chown(beside, uid, gid)
    if ((await readBoundedSoon(file)).toString('latin1') !== expected)
      throw new OpsError('traffic/refused', `${file} was edited by somebody else at this moment; it is left as it is`, {
        hint: 'Look at the edit, then plan again.',
      })
    await rename(beside, file)
  } catch (cause) {
    await rm(beside, {force: true})
    throw cause
  }
}
