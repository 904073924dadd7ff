import type {Config} from '../../config/schema.ts'
import type {ChangingCommand, CommandContext, CommandResult} from '../command.ts'
import {attempt, type Check, skipped} from '../../kinds/verdict.ts'
import {checkClock} from './clock.ts'
import {checkConfiguration} from './configuration.ts'
import {checkDeadlines} from './deadlines.ts'
import {checkEndpoints} from './endpoints.ts'
import {checkRuntime, checkTerminal, type ProcessFacts, readProcess, sqliteVersion} from './runtime.ts'
import {checkKeys} from './keys.ts'
import {checkRunbooks} from './runbooks.ts'
import {fixConfig} from './fix-config.ts'
import {checkStateDirectory} from './state-directory.ts'
import {checkTools} from './tools.ts'
import {checkTrail} from './trail.ts'

export const command: ChangingCommand = createDoctorCommand(readProcess)

/** `opsconsole doctor`. */
export function createDoctorCommand(facts: () => ProcessFacts): ChangingCommand {
  return {
    name: 'doctor',
    summary: 'Say what is wrong on this machine and how to fix it',
    help: 'Checks Node and SQLite, the terminal, the state directory, the audit trail, the configuration with its secrets, whether every runbook loads, every endpoint once, the programs that are needed, and the clock. Changes nothing. Exit 1 when something has failed.\n\nWith --fix-config, renamed keys of the configuration get their new names first; its comments stay, and the old file is kept beside it. With --coverage it says instead what is configured and has no probe, rule, runbook, backup or objective, and probes nothing.',
    flags: {
      'fix-config': {type: 'boolean', description: 'Give renamed keys of the configuration their new names'},
      coverage: {type: 'boolean', description: 'Say what has no probe, rule, runbook, backup or objective'},
    },
    changes: 'files',
    onlyShows: ({flags}) => flags['fix-config'] !== true,
    beforeTrust: true,
    run: async (input, context) => {
      if (input.flags['coverage'] === true) return (await import('./coverage.ts')).coverageResult(context.config())
      const fixed = input.flags['fix-config'] === true ? await fixConfig(input, context) : []
      const {data, text, exitCode} = await examine(facts(), context)
      return {data: {...data, fixed}, text: [...fixed, ...(fixed.length > 0 ? [''] : []), text].join('\n'), exitCode}
    },
  }
}

async function examine(
  facts: ProcessFacts,
  context: CommandContext,
): Promise<CommandResult & {readonly data: object; readonly exitCode: number}> {
  const here = [
    ...(await attempt('node', () => checkRuntime(facts.node, sqliteVersion(), facts.env))),
    ...checkTerminal(facts),
    ...(await attempt('state directory', () => {
      context.trust.admitState(context.stateDir())
      return checkStateDirectory(context.stateDir())
    })),
    ...(await attempt('audit trail', () => [checkTrail(context.verifyAudit())])),
  ]
  const checks = [...here, ...(await examineConfiguration(facts, context))]
  const broken = checks.filter(({status}) => status === 'failed').length
  return {data: {ok: broken === 0, checks}, text: report(checks), exitCode: broken > 0 ? 1 : 0}
}

async function examineConfiguration(facts: ProcessFacts, context: CommandContext): Promise<readonly Check[]> {
  let config: Config
  try {
    config = context.config()
  } catch (error) {
    const refused = await attempt('configuration', () => Promise.reject(error))
    return [...refused, skipped('endpoints', 'not probed without a configuration')]
  }
  const [configuration, keys, runbooks, tools] = await Promise.all([
    attempt('configuration', () => checkConfiguration(config, context, facts)),
    attempt('keys', () => checkKeys(config, context)),
    attempt('runbooks', () => checkRunbooks(context)),
    attempt('tools', () => checkTools(config, context)),
  ])
  // Only now: loading runbooks keeps this process busy, and on a slow machine the time of an answer would be over meanwhile.
  const [endpoints, clock] = await Promise.all([
    attempt('endpoints', () => checkEndpoints(config, context)),
    attempt('clock', async () => [await checkClock(config, context.clock, context.signal)]),
  ])
  return [configuration, checkDeadlines(config), keys, runbooks, endpoints, tools, clock].flat()
}

const GLYPH: Readonly<Record<Check['status'], string>> = {
  ok: '✓ ok     ',
  warning: '! warning',
  failed: '✗ failed ',
  skipped: '· skipped',
}

function report(checks: readonly Check[]): string {
  const width = Math.min(32, Math.max(...checks.map(({name}) => name.length)))
  const indent = ' '.repeat(width + 13)
  const lines = checks.flatMap(({name, status, detail, fix}) => {
    const [first = '', ...more] = detail.split('\n')
    return [
      `${GLYPH[status]}  ${name.padEnd(width)}  ${first}`,
      ...more.map(line => `${indent}${line}`),
      ...(fix === undefined ? [] : [`${indent}→ ${fix}`]),
    ]
  })
  const count = (status: Check['status']): number => checks.filter(check => check.status === status).length
  const end = `${count('ok')} ok, ${count('warning')} warning${count('warning') === 1 ? '' : 's'}, ${count('failed')} failed`
  return `${lines.join('\n')}\n\n${end}`
}
