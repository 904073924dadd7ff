import {renameSync, rmSync} from 'node:fs'
import path from 'node:path'
import type {StandbyLog} from '../../runs/ports.ts'
import {stateError} from '../state-error.ts'
import {keptPlans, runFiles} from './directory.ts'

/** Beside the plan that the runner waits for. Raises `run/unknown` for what cannot be the id of a run. */
export function standbyLog(stateDir: string, run: string): StandbyLog {
  runFiles(stateDir, run)
  const file = path.join(stateDir, 'plans', `${run}.log`)
  return {
    run,
    create: () => {
      keptPlans(stateDir)
      return file
    },
    become: log => {
      try {
        renameSync(file, log)
      } catch (cause) {
        throw stateError('write', log, cause)
      }
    },
    remove: () => rmSync(file, {force: true}),
  }
}
