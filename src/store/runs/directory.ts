import {readdirSync, rmSync, statSync} from 'node:fs'
import path from 'node:path'
import {readPlainText} from '../../files/plain-file.ts'
import {OpsError} from '../../errors.ts'
import {isDenied} from '../../files/denied.ts'
import {syncDirectory, writeDurably, writeOnce} from '../../files/durable.ts'
import type {RunRequest} from '../../runbooks/ports.ts'
import type {KeptPlan} from '../../runs/ports.ts'
import {isRunId} from '../../runs/run-id.ts'
import {makeDirectory} from '../../files/make-directory.ts'
import {ANOTHER_DIRECTORY, stateError} from '../state-error.ts'

/** Where everything of one run lives. */
export interface RunFiles {
  readonly directory: string
  readonly request: string
  readonly journal: string
  readonly output: string
  readonly progress: string
  readonly inbox: string
  readonly spool: string
  readonly log: string
  readonly report: string
}

export function runFiles(stateDir: string, run: string): RunFiles {
  if (!isRunId(run))
    throw new OpsError('run/unknown', `${JSON.stringify(run)} is not a run id`, {
      hint: 'Run ids look like 20261122-031200-k3f9; see `opsconsole runs`.',
    })
  const directory = path.join(stateDir, 'runs', run)
  const inside = (name: string): string => path.join(directory, name)
  return {
    directory,
    request: inside('request.json'),
    journal: inside('journal'),
    output: inside('output'),
    progress: inside('progress.json'),
    inbox: inside('inbox'),
    spool: inside('spool'),
    log: inside('runner.log'),
    report: inside('report'),
  }
}

/** Ids of all runs, oldest first: they begin with the time. */
export function listRunIds(stateDir: string): readonly string[] {
  try {
    return readdirSync(path.join(stateDir, 'runs')).filter(isRunId).sort()
  } catch (cause) {
    // Runs that may not be read are not: no runs.
    if (isDenied(cause)) throw stateError('read', path.join(stateDir, 'runs'), cause)
    return []
  }
}

/** A whole file or none, in the words of the state directory. */
export function writeWhole(file: string, text: string, mode?: number): void {
  try {
    writeDurably(file, text, mode)
  } catch (cause) {
    throw stateError('write', file, cause)
  }
}

/** Raises `run/held` when somebody has made it already: a plan is for one run, whoever starts it. */
export function createRun(stateDir: string, request: RunRequest): RunFiles {
  const files = runFiles(stateDir, request.run)
  try {
    makeDirectory(files.inbox)
    makeDirectory(files.spool)
  } catch (cause) {
    throw stateError('create', files.directory, cause, ANOTHER_DIRECTORY)
  }
  if (!isFirst(files.request, `${JSON.stringify(request, null, 1)}\n`))
    throw new OpsError('run/held', `plan ${request.run} was started before: a plan is for one run`, {
      hint: `See \`opsconsole runs show ${request.run}\`, or make a new plan.`,
    })
  syncDirectory(path.dirname(files.directory))
  return files
}

function isFirst(file: string, text: string): boolean {
  try {
    return writeOnce(file, text)
  } catch (cause) {
    throw stateError('write', file, cause)
  }
}

export function readRequest(files: RunFiles): RunRequest {
  try {
    return JSON.parse(readPlainText(files.request)) as RunRequest
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new OpsError('run/unknown', `there is no run ${path.basename(files.directory)}`, {
        hint: 'See `opsconsole runs`.',
      })
    throw stateError('read', files.request, cause, {code: 'state/damaged'})
  }
}

/** The directory of the plans that are kept. */
export function keptPlans(stateDir: string): string {
  const directory = path.join(stateDir, 'plans')
  try {
    makeDirectory(directory)
  } catch (cause) {
    throw stateError('create', directory, cause)
  }
  return directory
}

export function keepPlan(stateDir: string, kept: KeptPlan): void {
  runFiles(stateDir, kept.plan.run)
  writeWhole(path.join(keptPlans(stateDir), `${kept.plan.run}.json`), JSON.stringify(kept))
}

const PLAN_KEPT_MS = 24 * 3_600_000

/** Plans that nobody started within a day, and what a plan that was cut short left behind. Whoever holds them up stays. */
export function dropOldPlans(stateDir: string, now: number): void {
  const directory = path.join(stateDir, 'plans')
  const quietly = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch {
      // Dropped by another process, or not to be dropped: it is in nobody's way.
      return undefined
    }
  }
  for (const name of quietly(() => readdirSync(directory)) ?? [])
    quietly(() => {
      const file = path.join(directory, name)
      if (statSync(file).mtimeMs < now - PLAN_KEPT_MS) rmSync(file, {recursive: true, force: true})
    })
}

export function readPlan(stateDir: string, run: string): KeptPlan {
  runFiles(stateDir, run)
  try {
    return JSON.parse(readPlainText(path.join(stateDir, 'plans', `${run}.json`))) as KeptPlan
  } catch (cause) {
    if (isDenied(cause)) throw stateError('read', path.join(stateDir, 'plans'), cause)
    throw new OpsError('run/unknown', `there is no plan ${run}`, {
      cause,
      hint: 'Plans are kept for a day; make a new one.',
    })
  }
}
