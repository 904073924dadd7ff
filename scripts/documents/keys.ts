import {table} from './markdown.ts'

/** A row of the console's own table of bindings. */
export interface KeyRow {
  readonly keys: readonly string[]
  readonly where: string
  readonly description: string
  readonly changes: boolean
  /** Its name in the configuration. */
  readonly name: string
}

/** What of the console goes into the page. */
export interface KeyTables {
  readonly keyTable: () => readonly KeyRow[]
  /** What hotkeys can fill in, by pane. */
  readonly valueTable: () => readonly ValueRow[]
}

interface ValueRow {
  readonly noun: string
  readonly names: readonly string[]
}

const FIVE_TASKS = `## Five tasks

What somebody needs who has read none of this, with what stands on the screen and in \`?\` alone:

| task | keys |
| --- | --- |
| find the fire | none: header and first line name it, what it affects and since when; \`2\` shows its cause |
| acknowledge it | \`2\` \`a\` \`Enter\` |
| diagnose it | \`2\` \`Enter\` \`Enter\`: the plan of the runbook that the alert suggests, and its start |
| roll back | \`!\` \`Enter\`, the name of the environment, \`Enter\` |
| leave the run to a colleague | \`d\`: it continues, and \`R\` or \`:watch\` opens it again, for whoever it is |

A test finds each of these keys on the screens of 80×24 and 120×40 by their words, without knowing them (\`src/tui/five-tasks.test.ts\`).`

/** `docs/keys.md`: the bindings that footer and help screen are made from. */
export function keysPage(keys: readonly KeyRow[], values: readonly ValueRow[]): string {
  const rows = keys.map(({keys, where, description, changes, name}) => [
    keys.map(key => (key === '`' ? '`` ` ``' : `\`${key}\``)).join(' '),
    where,
    `${description}.`.replace(/\.\.$/, '.'),
    changes ? 'yes' : '',
    `\`${name}\``,
  ])
  return `# Keys

The footer of every screen shows the most useful of these, \`?\` all that hold on the screen. Keys that change something
are refused in read-only mode, and nothing destructive happens on Enter alone.

${table(['key', 'where', 'what it does', 'changes', 'name'], rows)}

## Other keys

\`keys\` in the configuration gives actions other keys, by the names above; footer, \`?\` and plain mode show those. A list gives
several, an empty one none. A key is written as it is typed (\`D\`), as \`ctrl-g\`, by its name (\`space\`, \`pgup\`, \`home\`), or as two
after each other (\`g x\`).

\`\`\`yaml
keys:
  runbooks: b
  refresh: [ctrl-r, F]
  rollback: []
\`\`\`

The console does not open with keys that cannot be, and \`opsconsole doctor\` says the same: a name that no action has, a key that
means two things on one screen, a key that terminals cannot tell from another. \`Esc\` always leads back, \`Ctrl-C\` always leaves,
and the keys in questions are never other ones. What changes something cannot have a key that questions are answered with (Enter,
Esc, Tab, Space, Backspace, arrows, y, n): whoever presses it once too often must not start anything. A change of the file that is
wrong leaves the keys as they were and says so.

## Keys of your own

\`hotkeys\` opens the plan of a runbook, or does what could be typed after \`:\`. In a pane, parameters are filled from the selected row.
A hotkey starts nothing: the plan is shown, asked about and refused as if it had been chosen by hand. What would change something is
hidden in read-only mode.

\`\`\`yaml
hotkeys:
  - {key: g x, label: restart, pane: services, runbook: restart, params: {service: '{name}'}}
  - {key: F, label: last backups, command: backups}
\`\`\`

${table(
  ['pane', 'what can be filled in'],
  values.map(({noun, names}) => [noun, names.map(name => `\`{${name}}\``).join(' ')]),
)}

## Over a slow link

Only cells that changed are written, so a key costs what it changes. \`--slow\` is for links of 1 KB/s or 600 ms round trip, and for serial lines. With it

- at most a kilobyte and a row of the screen are on their way at any time, whatever the link buffers: pictures go in pieces, and the terminal is asked (\`ESC [5n\`) when it has got
  them. Where a key changes what is still to come, the old rest is never sent, so a key is answered after a second and a half at most, and what that key shows.
  A terminal that does not answer is written to at 1 KB/s. Whoever leaves waits for the answers that are on their way, so none ends on the shell
- what changes by itself is drawn every two seconds, the last known screen is not shown at the start, and keys may arrive in pieces (Esc is then 0.2 s slower)

Without \`--slow\` a link gets the first of these from when an answer has taken more than 0.4 s, until three in a row took less than 0.1 s. tmux, screen and mosh answer on the terminal's behalf and drop
old pictures themselves. What no program can prevent: killed by \`kill -9\`, or with a connection that is cut while an answer is on its way, the
shell gets that answer (and the screen as it was: \`reset\`). At rest none is.

At most so many bytes, in an environment of seven panes with three alerts; at 1 KB a second 1,000 bytes take a second:

| terminal | whole screen | a list is opened | its selection moves | that of the overview moves | probes came | the clock |
| --- | --- | --- | --- | --- | --- | --- |
| 80×24 | 3,700 | 2,800 | 700 | 300 | 250 | 20 |
| 80×24, \`--ascii\` | 2,500 | 2,200 | 500 | 250 | 200 | 20 |
| 120×40 | 7,000 | 5,200 | 1,300 | 250 | 250 | 20 |
| 120×40, \`--ascii\` | 4,800 | 4,200 | 1,100 | 200 | 200 | 20 |

\`node scripts/bench/slow-link.ts\` runs the real console through such a link, with twelve services that are probed every two seconds. On 27 November 2026, bytes and seconds:

| terminal | a first row | the whole screen | at rest, a second | a list opened whole | most on its way while a key is held 5 s | the next key after that |
| --- | --- | --- | --- | --- | --- | --- |
| 80×24, \`--slow\` | 744 B, 1.6 s | 3,420 B, 4.7 s | 62 B | 2,025 B, 2.9 s | 893 B | 0.9 s |
| 120×40, \`--slow\` | 1,018 B, 2.3 s | 5,228 B, 6.9 s | 276 B | 7,650 B, 9.6 s | 937 B | 1.1 s |
| 80×24, found to be slow | 756 B, 1.8 s | 2,806 B, 3.8 s | 62 B | 2,107 B, 2.9 s | 1,046 B | 0.8 s |
| 120×40, found to be slow | 1,012 B, 2.3 s | 4,649 B, 5.8 s | 307 B | 7,334 B, 8.9 s | 916 B | 1.3 s |
| 80×24, before: nothing was held back | 756 B, 2.3 s | 2,804 B, 4.4 s | 59 B | 1,910 B, 2.4 s | 25,723 B | 26.9 s |

${FIVE_TASKS}

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
