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
`
}
