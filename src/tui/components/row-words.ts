import {type Line, SPOKEN} from '../layout/line.ts'
import {spokenText} from '../layout/spoken-text.ts'

interface Told<Row> {
  readonly title: string
  readonly cell: (row: Row, now: number, width: number) => Line | string
}

/** Columns that tell how a row is. They are said first. */
const STATE: ReadonlySet<string> = new Set(['STATE', 'SEVERITY', 'OUTCOME', 'DANGER', 'FORECAST', 'HEALTH'])
/** Columns whose values are sentences: they need no name. */
const SENTENCE: ReadonlySet<string> = new Set(['SUMMARY', 'REASON', 'STEP OR REASON', 'DETAIL', 'SUBJECT', 'STEP'])

/** A row of a table as one sentence: its state, its name, then every other value after the name of its column. */
export function rowWords<Row>(columns: readonly Told<Row>[], row: Row, now: number): string {
  const told = columns.flatMap(column => {
    const cell = column.cell(row, now, SPOKEN)
    const text = spokenText(typeof cell === 'string' ? [{text: cell, tone: 'plain'}] : cell)
    return text === '' || text === '–' ? [] : [{title: column.title, text}]
  })
  const states = told.filter(({title}) => STATE.has(title))
  const [name, ...others] = told.filter(({title}) => !STATE.has(title))
  return [
    ...states.map(({text}) => text),
    ...(name ? [name.text] : []),
    ...others.map(({title, text}) => (SENTENCE.has(title) ? text : `${title.toLowerCase()} ${text}`)),
  ].join(', ')
}
