import type {Config} from '../../config/schema.ts'
import {messageOf, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {CommandContext} from '../command.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'

interface Tool {
  readonly program: string
  readonly why: string
  readonly debian: string
  readonly needed: boolean
}

/** Programs that the configuration makes necessary. */
function toolsFor(config: Config): Tool[] {
  const tools: Tool[] = []
  if (config.backups.length > 0) {
    tools.push(
      {program: 'pg_dump', why: 'backups', debian: 'postgresql-client', needed: true},
      {program: 'pg_restore', why: 'restores', debian: 'postgresql-client', needed: true},
      {program: 'zstd', why: 'fast compression of backups', debian: 'zstd', needed: false},
    )
  }
  return tools
}

/** Versions of the programs that are used, in one line each. */
export async function checkTools(config: Config, context: CommandContext): Promise<Check[]> {
  return Promise.all(
    toolsFor(config).map(async ({program, why, debian, needed}) => {
      const mend = `apt-get install ${debian}`
      try {
        const {stdout} = await context.exec([program, '--version'], {timeoutMs: 10_000, signal: context.signal})
        return ok(program, escapeLine(/\d+(\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim(), 60))
      } catch (error) {
        context.signal.throwIfAborted()
        const absent = error instanceof OpsError && error.code === 'process/missing'
        const detail = absent ? `not on PATH; it is used for ${why}` : escapeLine(messageOf(error))
        return needed ? failed(program, detail, mend) : warning(program, detail, mend)
      }
    }),
  )
}
