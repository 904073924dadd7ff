import path from 'node:path'
import {readPlainText} from '../files/plain-file.ts'
import type {KeptConfig} from '../config/live.ts'
import {writeDurably} from '../files/durable.ts'
import type {Trust} from '../trust/trust.ts'

const fileIn = (stateDir: string): string => path.join(stateDir, 'config-in-force.json')

/** A copy of what whoever watches works by, for those that come while the file itself is refused. */
export const keepConfig = (stateDir: string, kept: KeptConfig): void =>
  writeDurably(fileIn(stateDir), `${JSON.stringify(kept)}\n`)

/** Undefined: there is none that can be read, or it is not believed as the configuration itself would be. */
export function readKeptConfig(stateDir: string, trust: Pick<Trust, 'admit'>): KeptConfig | undefined {
  const file = fileIn(stateDir)
  try {
    trust.admit('the copy of the configuration', file)
    return JSON.parse(readPlainText(file)) as KeptConfig
  } catch {
    return undefined
  }
}
