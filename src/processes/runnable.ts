import {access, constants, stat} from 'node:fs/promises'
import path from 'node:path'

/** Why a program cannot be run here; undefined when it can. A plain name is looked for on PATH. */
export async function whyNotRunnable(
  program: string,
  options: {readonly directory?: string; readonly search?: string} = {},
): Promise<string | undefined> {
  if (program.includes('/')) return whyNotFile(path.resolve(options.directory ?? '.', program))
  const places = (options.search ?? process.env['PATH'] ?? '').split(':').filter(place => place.startsWith('/'))
  for (const place of places) if ((await whyNotFile(path.join(place, program))) === undefined) return undefined
  return 'is not on PATH'
}

async function whyNotFile(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) return 'is not there'
  if (!found.isFile()) return 'is not a file'
  return access(file, constants.X_OK).then(
    () => undefined,
    () => 'is not executable',
  )
}
