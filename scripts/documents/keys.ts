import {table} from './markdown.ts'

/** A row of the console's own table of bindings. */
export interface KeyRow {
  readonly keys: readonly string[]
  readonly where: string
  readonly description: string
  readonly changes: boolean
}

/** `docs/keys.md`: the bindings that footer and help screen are made from. */
export function keysPage(keys: readonly KeyRow[]): string {
  const rows = keys.map(({keys, where, description, changes}) => [
    keys.map(key => (key === '`' ? '`` ` ``' : `\`${key}\``)).join(' '),
    where,
    `${description}.`.replace(/\.\.$/, '.'),
    changes ? 'yes' : '',
  ])
  return `# Keys

The footer of every screen shows the most useful of these, \`?\` all that hold on the screen. Keys that change something
are refused in read-only mode, and nothing destructive happens on Enter alone.

${table(['key', 'where', 'what it does', 'changes'], rows)}

## Without a screen

\`opsconsole --plain\` says all of it in lines on the primary screen, \`--screen-reader\` (or \`INK_SCREEN_READER=true\`) writes for a
screen reader as well: nothing is drawn, each change is one line with its state first, and a question that waits rings the bell and
notifies by OSC 9 where standard output is a terminal.

Type a line and Enter:

- the word of an action (\`acknowledge\`, \`rollback\`, \`abort\`), its key, or a command such as \`run deploy version=1.2.0\`
- a number alone selects a row and says all of it; after a word it says which row is meant: \`acknowledge 2\`
- the name of a pane (\`alerts\`, \`services\`), \`back\`, \`help\`, \`quit\`; Enter alone repeats what is open
- in a question, exactly one of the answers it names; \`reason\` and some words before that give a reason; \`cancel\` leaves it

A question that appears while a line is being typed does not take that line for its answer. ↑ leads back to earlier lines, Tab completes.
`
}
