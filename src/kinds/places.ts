/** Where paths of a configuration lead to. A part that has paths gives itself back with them resolved. */
export interface Places {
  /** A path relative to the configuration; `~/` is the home directory. */
  file(written: string): string
  /** A program found on PATH stays a plain name; one beside the configuration is resolved. */
  program(argv: string[]): string[]
}
