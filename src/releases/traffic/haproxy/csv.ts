/**
 * Rows of HAProxy's CSV by column name. Fields may be quoted and then hold commas, quotes and newlines: `last_chk` does
 * as soon as a check fails. (The JSON of 2.6 is cut at 16 kB, exactly when servers flap.)
 */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...rows] = splitCsv(text)
  if (header === undefined) return []
  const names = header.map(name => name.replace(/^# ?/, ''))
  return rows.map(row => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])))
}

function splitCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ''
  let quoted = false
  const endRow = (): void => {
    row.push(field)
    field = ''
    // A blank line ends the answer to a command: no row.
    if (row.length > 1) rows.push(row)
    row = []
  }
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (quoted && character === '"' && text[index + 1] === '"') {
      field += '"'
      index += 1
    } else if (character === '"' && (quoted || field === '')) quoted = !quoted
    else if (quoted) field += character
    else if (character === ',') {
      row.push(field)
      field = ''
    } else if (character === '\n') endRow()
    else if (character !== '\r') field += character
  }
  if (field !== '' || row.length > 0) endRow()
  return rows
}

/** Rows of `show servers state`: a version line, a header that begins with `#`, columns separated by blanks. */
export function parseServersState(text: string): readonly Readonly<Record<string, string>>[] {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const start = lines.findIndex(line => line.startsWith('# '))
  const names = lines[start]?.slice(2).split(' ')
  if (names === undefined) return []
  return lines.slice(start + 1).map(line => {
    const values = line.split(' ')
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']))
  })
}
