import {entriesOf, kinds} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {messageOf, OpsError} from '../../errors.ts'
import type {Program} from '../../kinds/define-driver.ts'
import {escapeLine} from '../../text/escape.ts'
import type {CommandContext} from '../command.ts'
import {type Check, failed, ok, warning} from '../../kinds/verdict.ts'

/** Programs that the configuration makes necessary, each once. */
function programsFor(config: Config): readonly Program[] {
  const wanted = kinds.flatMap(kind => entriesOf(config, kind).flatMap(entry => kind.programs?.(entry) ?? []))
  return [...new Map(wanted.map(program => [program.program, program])).values()]
}

/** Versions of the programs that are used, in one line each. */
export async function checkTools(config: Config, context: CommandContext): Promise<Check[]> {
  return Promise.all(
    programsFor(config).map(async ({program, why, debian, needed, versionBy = '--version'}) => {
      const fix = `apt-get install ${debian}`
      try {
        const {stdout} = await context.exec([program, versionBy], {timeoutMs: 10_000, signal: context.signal})
        return ok(program, escapeLine(/\d+(\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim(), 60))
      } catch (error) {
        context.signal.throwIfAborted()
        const absent = error instanceof OpsError && error.code === 'process/missing'
        const detail = absent ? `not on PATH; it is used for ${why}` : escapeLine(messageOf(error))
        const way = absent ? fix : `See what is wrong with it: ${program} ${versionBy}`
        return needed ? failed(program, detail, way) : warning(program, detail, way)
      }
    }),
  )
}
