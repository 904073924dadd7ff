const COMMENTS = String.raw`(?:\/\*[^]*?\*\/|\/\/[^\n]*\n|\s)*`
const IMPORT = new RegExp(
  String.raw`(?:\bfrom\b|\bimport\b|\brequire\b|\))${COMMENTS}\(?${COMMENTS}(['"${'`'}])((?:\.{1,2}\/|\/|file:)[^'"${'`'}\n$]+)\1`,
  'g',
)

/**
 * Files that a module names in full in an import of any kind. Only a forecast of what may be loaded later: it may find too
 * much, in a comment or a string, which does no harm. What is really loaded is for Node to say.
 */
export const namedImports = (source: string): readonly string[] =>
  [...source.matchAll(IMPORT)].map(([, , specifier = '']) => specifier.replace(/[?#].*$/, ''))
