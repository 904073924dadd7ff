import {realpath} from 'node:fs/promises'
import path from 'node:path'
import {findOpeners, type Openers} from '../openers.ts'
import {SIDE_FILES} from './file.ts'

/** Every process that has a SQLite file, or what lies beside it, open. */
export async function openersOf(file: string): Promise<Openers> {
  const real = await realpath(file).catch(() => path.resolve(file))
  const wanted = new Set([real, ...SIDE_FILES.map(ending => `${real}${ending}`)])
  return findOpeners(target => wanted.has(target))
}
