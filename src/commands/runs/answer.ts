import {OpsError} from '../../errors.ts'
import {accepts} from '../../runbooks/ask.ts'
import {isWayBack} from '../../runbooks/way-back.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'runs answer',
  summary: 'Answer the open question of a run, from any terminal',
  arguments: [
    {name: 'run', required: true, completes: 'run', description: 'Run id'},
    {name: 'question', required: true, description: 'Id of the question, as `runs show` names it'},
    {name: 'answer', required: true, description: 'One of the choices, or the text to type'},
  ],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'}},
  changes: true,
  wayBack: ({args}) => isWayBack(args[2] ?? ''),
  run: async ({args, flags}, context) => {
    const [run, question, answer] = args as [string, string, string]
    const {prompt} = context.engine().state(run)
    if (prompt?.id === question && !accepts(prompt, answer)) {
      const wanted =
        prompt.type === undefined ? prompt.choices : [prompt.type, ...prompt.choices.filter(choice => choice !== 'yes')]
      throw new OpsError('usage/arguments', `${JSON.stringify(answer)} is not an answer to that question`, {
        hint: `It takes: ${wanted.join(', ')}.`,
      })
    }
    await context.engine().answer(run, question, answer, String(flags['reason'] ?? ''), 'command')
    return {data: {run, question, answer}, text: `answered ${JSON.stringify(answer)}`}
  },
}
