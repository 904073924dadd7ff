import type {Obstacle} from '../kinds/questions.ts'
import {whyNotRunnable} from '../processes/runnable.ts'
import {escapeLine} from '../text/escape.ts'

/** Why the program of a command cannot be run; empty: it can. `key`: where it stands in the release. */
export async function missingProgram(
  key: string,
  [program]: readonly string[],
  directory: string,
): Promise<readonly Obstacle[]> {
  const reason = program === undefined ? undefined : await whyNotRunnable(program, {directory})
  if (reason === undefined) return []
  return [
    {
      what: `the ${key.split('.').at(-1)} program ${escapeLine(program ?? '', 200)} ${reason}`,
      fix: `Install it, or correct ${key} of the release in the configuration.`,
    },
  ]
}
