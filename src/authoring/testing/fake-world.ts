import {ProcessOutput} from 'zx/core'
import {messageOf, OpsError} from '../../errors.ts'
import type {Prompt} from '../../runbooks/events.ts'
import type {Ops} from '../../runbooks/ops.ts'
import type {StepRecord} from '../../runbooks/record.ts'
import type {CommandRecord} from '../../shell/command-record.ts'
import type {Shell} from '../../shell/shell.ts'
import {renderCommand} from '../../shell/render-command.ts'
import {shellOf} from '../../shell/shell-of.ts'
import type {FakeCall, TestRunOptions} from './test-run.ts'

/** The test's answer, else the one that lets the run go on. */
export function answerer({answers}: TestRunOptions): (prompt: Prompt) => string {
  return prompt => {
    const given = typeof answers === 'function' ? answers(prompt) : answers?.[prompt.step ?? 'start']
    if (given !== undefined) return given
    return prompt.type ?? prompt.choices[0] ?? 'yes'
  }
}

/** `ops` of which only the given parts are there. */
export function opsOf({ops = {}, environment = 'test'}: TestRunOptions): Ops {
  const known: Record<string | symbol, unknown> = {environment: {name: environment, protected: false}, ...ops}
  return new Proxy(known, {
    get: (target, key) => {
      if (key in target || typeof key === 'symbol' || key === 'then') return target[key]
      throw new OpsError('runbook/invalid', `the runbook uses ops.${key}, which this test does not give it`)
    },
  }) as unknown as Ops
}

/** Shells over the commands of a test. */
export interface FakeWorld {
  readonly reading: (step: string) => Shell
  readonly recorded: (record: StepRecord, dryRun: boolean) => Shell
  /** Tells each command and runs none, except reads. */
  readonly printing: (tell: (command: string) => void) => Shell
}

export function fakeWorld({exec}: TestRunOptions): FakeWorld {
  const result = async (text: string, call: FakeCall): Promise<{stdout: string; stderr: string; exitCode: number}> => {
    const given = await exec?.(text, call)
    const {stdout = '', stderr = '', exitCode = 0} = typeof given === 'string' ? {stdout: given} : (given ?? {})
    return {stdout, stderr, exitCode}
  }
  const shell = (step: string, record?: CommandRecord, dryRun = false): Shell =>
    shellOf(renderCommand, async (text, {input, env, nothrow, quiet, reads, label}) => {
      const printed = dryRun && !reads
      const number = record?.intend(text, printed) ?? 0
      const end = (exitCode: number, error: string): void =>
        record?.ended(number, {exitCode, signal: null, durationMs: 0, error})
      try {
        const {stdout, stderr, exitCode} = printed
          ? {stdout: '', stderr: '', exitCode: 0}
          : await result(text, {step, input, env: env ?? {}})
        const before = label === undefined ? '' : `${label}: `
        for (const [stream, said] of quiet
          ? []
          : ([
              ['out', stdout],
              ['err', stderr],
            ] as const))
          for (const line of said.split('\n').filter(Boolean)) record?.line(stream, before + line)
        const error = exitCode === 0 ? '' : `exit code ${exitCode}`
        end(exitCode, error)
        if (exitCode !== 0 && !nothrow)
          throw new OpsError('process/failed', `${error} from ${text}: ${stderr || stdout}`)
        return new ProcessOutput(exitCode, null, stdout, stderr, stdout + stderr, error, 0)
      } catch (error) {
        if (!(error instanceof OpsError)) end(1, messageOf(error))
        throw error
      }
    })
  const telling = (tell: (command: string) => void): CommandRecord => ({
    intend: (text, dry) => {
      if (dry) tell(text)
      return 0
    },
    started: () => {},
    ended: () => {},
    line: () => {},
  })
  return {
    reading: step => shell(step),
    recorded: (record, dryRun) => shell(record.step, record, dryRun),
    printing: tell => shell('preview', telling(tell), true),
  }
}
