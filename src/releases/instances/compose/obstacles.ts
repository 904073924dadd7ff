import type {Obstacle} from '../../../kinds/questions.ts'
import type {ExecResult} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'

const ASKED = 'It was asked by the same program that starts and stops the services.'

/**
 * Why compose could start none of these services: its program, its file, a service that is not in it, its engine. `ask` runs
 * compose with these words; undefined: it could not be run, or did not end.
 */
export async function composeObstacles(
  services: readonly string[],
  {file, engine}: {readonly file: string; readonly engine: readonly string[]},
  ask: (...words: readonly string[]) => Promise<ExecResult | undefined>,
): Promise<readonly Obstacle[]> {
  const [program, at] = [escapeLine(engine.join(' '), 80), escapeLine(file, 120)]
  const listed = await ask('config', '--services')
  // An older one may not know the word; that it reads the file is what counts.
  const read = listed?.exitCode === 0 ? listed : await ask('config')
  if (read?.exitCode !== 0)
    return [
      {what: `${program} cannot read ${at}: ${complaint(read)}`, fix: `Run \`${program} -f ${at} config\`. ${ASKED}`},
    ]
  const known = listed?.exitCode === 0 ? listed.stdout.split('\n').map(line => line.trim()) : undefined
  const lacking = services.filter(name => known?.includes(name) === false)
  const running = await ask('ps', '--quiet')
  return [
    ...lacking.map(name => ({
      what: `${at} has no service ${escapeLine(name, 80)}; it has ${known
        ?.filter(Boolean)
        .slice(0, 10)
        .map(one => escapeLine(one, 40))
        .join(', ')}`,
      fix: 'Correct instances.service of the release, or add it to the file.',
    })),
    ...(running?.exitCode === 0
      ? []
      : [
          {
            what: `the engine of ${program} does not answer: ${complaint(running)}`,
            fix: `Run \`${program} ps\`. ${ASKED}`,
          },
        ]),
  ]
}

/** Its first line that is no warning: those come first, and hints last. */
function complaint(said: ExecResult | undefined): string {
  if (said === undefined) return 'it did not end'
  const lines = `${said.stderr}\n${said.stdout}`.split('\n').filter(line => line.trim() !== '')
  const first = lines.find(line => !/level=warning|^warn/i.test(line))
  return escapeLine(first ?? `it ended with ${said.exitCode}`, 200)
}
