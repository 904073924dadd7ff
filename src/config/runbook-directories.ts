import {existsSync} from 'node:fs'
import path from 'node:path'
import type {ProgramHome, RunbookDirectory} from '../runbooks/load.ts'
import type {Trust} from '../trust/trust.ts'
import type {Config} from './schema.ts'

/** Those of the configuration stand before the shipped ones. */
export function runbookDirectories(
  {policy, file}: Config,
  home: ProgramHome,
  trust: Trust,
): readonly RunbookDirectory[] {
  const own = policy.runbookDirectories.map(each => path.resolve(path.dirname(file), each))
  for (const directory of own) if (existsSync(directory)) trust.admit('the directory of runbooks', directory)
  return [...own.map(each => ({path: each, shipped: false})), {path: home.runbooks, shipped: true}]
}
