import type {Command} from '../command.ts'
import {pageFlags, pageWords, readPage, rowsOfPage, withPageWords} from '../page.ts'
import {runsText} from './table.ts'

export const command: Command = {
  name: 'runs list',
  summary: 'List runs, newest first',
  flags: pageFlags('default 20'),
  run: async ({flags}, context) => {
    const page = readPage(flags, 20)
    const engine = context.engine()
    const rows = rowsOfPage(engine.list(page.page * page.limit), page)
    return {
      data: rows,
      text: withPageWords(runsText(rows, context.clock.now()), pageWords(page, rows.length, engine.total())),
    }
  },
}
