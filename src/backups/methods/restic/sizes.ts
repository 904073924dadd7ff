import type {Restic} from './program.ts'

/** What came with a snapshot, by the last line of `restic backup --json`; null when it does not say. */
export function addedBytes(stdout: string): number | null {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  return numberIn(line, 'data_added')
}

/** All data of the repository as they are stored, without what indexes take; null when restic does not tell. Takes no lock. */
export async function repositoryBytes(restic: Restic, signal: AbortSignal): Promise<number | null> {
  const {exitCode, stdout} = await restic.run(['stats', '--mode', 'raw-data', '--json', '--no-lock'], signal)
  return exitCode === 0 ? numberIn(stdout, 'total_size') : null
}

function numberIn(text: string, key: string): number | null {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[key]
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
  } catch {
    return null
  }
}
