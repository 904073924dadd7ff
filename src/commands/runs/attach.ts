import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {watchRun} from '../run/watch.ts'
import {exitOfJournal, sayJournal} from './journal-notice.ts'

export const command: Command = {
  name: 'runs attach',
  summary: 'Watch a run from its start, all output included, until it ends',
  help: 'Ctrl-C leaves; the run continues. At a terminal, open questions can be answered here.',
  arguments: [{name: 'run', required: true, completes: 'run', description: 'Run id'}],
  changes: true,
  onlyShows: () => true,
  run: async ({args}, context) => {
    const run = args[0] as string
    const {outcome} = context.engine().state(run)
    const leave = new AbortController()
    const stop = (): void => leave.abort(new OpsError('cancelled/interrupted', `left run ${run}, which continues`))
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop)
    try {
      const end = await watchRun(context, run, {
        json: context.json,
        answer: context.interactive && !context.json,
        signal: leave.signal,
        ...(context.json ? {} : {leave: {file: undefined}}),
      })
      const untrusted = outcome === undefined ? undefined : exitOfJournal(sayJournal(context, run))
      return {data: undefined, text: '', exitCode: untrusted ?? end.exitCode}
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop)
    }
  },
}
