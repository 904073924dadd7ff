/** Words in braces that something can be filled in for, such as `{name}`. */
const WORD = /\{([a-z][a-z-]*)\}/g

/** The text with its `{words}` filled in; one that there is no value for stays as it is written. */
export const fill = (text: string, values: Readonly<Record<string, string | undefined>>): string =>
  text.replaceAll(WORD, (whole, word: string) => (Object.hasOwn(values, word) ? values[word] : undefined) ?? whole)

/** The words in braces, each once. */
export const wordsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(WORD)].map(([, word = '']) => word)),
]
