import type {Command} from './command.ts'

/** The process of one run. Started by `run`, never by hand; secrets of parameters come over standard input. */
export const command: Command = {
  name: 'runner',
  summary: 'Carry out a run',
  hidden: true,
  arguments: [{name: 'run', required: true, description: 'Run id'}],
  run: async ({args}, house) => ({data: undefined, text: '', exitCode: await house.runner(args[0] as string)}),
}
