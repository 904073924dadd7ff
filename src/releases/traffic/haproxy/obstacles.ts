import {access, constants} from 'node:fs/promises'
import {dirname} from 'node:path'
import type {Obstacle} from '../../../kinds/questions.ts'
import {escapeLine} from '../../../text/escape.ts'

/** From the answer to `show cli level`. */
export function levelObstacles(answer: string): readonly Obstacle[] {
  const level = answer.trim()
  if (/admin/.test(level)) return []
  return [
    {
      what: `the socket of HAProxy has level ${escapeLine(level, 40)}, and only \`level admin\` may move traffic`,
      fix: 'Add `level admin` to its `stats socket` line in haproxy.cfg.',
    },
  ]
}

/** The file is written anew beside itself and renamed: it is the directory that must take it. */
export async function stateFileObstacles(file: string): Promise<readonly Obstacle[]> {
  const directory = dirname(file)
  return access(directory, constants.W_OK | constants.X_OK).then(
    () => [],
    () => [
      {
        what: `the state file of HAProxy cannot be written in ${escapeLine(directory, 200)}`,
        fix: 'Let this user write there, or correct traffic.stateFile: without it a reload of HAProxy undoes a move.',
      },
    ],
  )
}
