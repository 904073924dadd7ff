import type {ResolveSecret} from '../../../config/fields.ts'
import {messageOf, OpsError} from '../../../errors.ts'
import type {Obstacle} from '../../../kinds/questions.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {openRestic} from './program.ts'
import type {ResticSpec} from './schema.ts'
import {readSnapshots} from './snapshots.ts'

/** Its program, its repository, its password: asked by reading the snapshots, without a lock. */
export async function resticObstacles(
  spec: ResticSpec,
  tools: {readonly exec: Exec; readonly secret: ResolveSecret; readonly signal: AbortSignal},
): Promise<readonly Obstacle[]> {
  try {
    await readSnapshots(openRestic(spec, tools), tools.signal)
    return []
  } catch (cause) {
    return [
      {
        what: escapeLine(messageOf(cause), 300),
        fix: (cause instanceof OpsError ? cause.hint : undefined) ?? 'Look at it with: restic snapshots.',
      },
    ]
  }
}
