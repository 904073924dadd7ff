import {readFileSync} from 'node:fs'
import path from 'node:path'
import type {KeptConfig} from '../config/live.ts'
import {writeDurably} from '../files/durable.ts'

const fileIn = (stateDir: string): string => path.join(stateDir, 'config-in-force.json')

/** A copy of what whoever watches works by, for those that come while the file itself is refused. */
export const keepConfig = (stateDir: string, kept: KeptConfig): void =>
  writeDurably(fileIn(stateDir), `${JSON.stringify(kept)}\n`)

/** Undefined: there is none that can be read. */
export function readKeptConfig(stateDir: string): KeptConfig | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(stateDir), 'utf8')) as KeptConfig
  } catch {
    return undefined
  }
}
