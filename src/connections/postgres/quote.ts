/** A quoted SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A quoted SQL text. */
export const quoteText = (text: string): string =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`

/** `dbname='...'` for `--dbname`, where a bare name with `=` in it would be read as a connection string. */
export const databaseArgument = (name: string): string =>
  `--dbname=dbname='${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
