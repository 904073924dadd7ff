/** Cells of the rows of the table in a part, its head left out. `\|` is a bar. */
export const rowsOf = (part: string): string[][] =>
  part
    .split('\n')
    .filter(line => line.startsWith('| '))
    .slice(1)
    .map(line =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim().replaceAll(String.raw`\|`, '|')),
    )
