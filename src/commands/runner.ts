import type {Command} from './command.ts'

/** The process of one run. Started by `run`, never by hand; secrets of parameters come over standard input. */
export const command: Command = {
  name: 'runner',
  summary: 'Carry out a run',
  hidden: true,
  arguments: [{name: 'run', required: true, description: 'Run id'}],
  flags: {
    resume: {type: 'boolean', description: 'Resume a run whose runner died'},
    override: {type: 'string', value: 'REASON', description: 'Continue with a changed runbook'},
    abandon: {type: 'string', value: 'REASON', description: 'Only undo what it did, and end it'},
    'accept-journal': {
      type: 'string',
      value: 'REASON',
      description: 'Continue with a journal that differs from the trail',
    },
    'local-lock': {type: 'string', value: 'REASON', description: 'Continue with locks of this host only'},
    unattended: {type: 'boolean', description: 'Nobody can settle an unknown step'},
  },
  run: async ({args, flags}, context) => {
    const override = typeof flags['override'] === 'string' ? flags['override'] : undefined
    const localLock = typeof flags['local-lock'] === 'string' ? flags['local-lock'] : undefined
    const acceptJournal = typeof flags['accept-journal'] === 'string' ? flags['accept-journal'] : undefined
    const abandon = typeof flags['abandon'] === 'string' ? flags['abandon'] : undefined
    const unattended = flags['unattended'] === true
    const resume = flags['resume'] === true ? {override, abandon, acceptJournal, localLock, unattended} : undefined
    return {data: undefined, text: '', exitCode: await context.runner(args[0] as string, resume)}
  },
}
