/** A quoted SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A quoted SQL text. */
export const quoteText = (text: string): string =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`

/** `dbname='...'`, where a bare name with `=` in it would be read as a connection string. */
export const connectionArgument = (name: string): string =>
  `dbname='${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** The same for `--dbname`. */
export const databaseArgument = (name: string): string => `--dbname=${connectionArgument(name)}`
