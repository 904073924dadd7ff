/** Arguments that run one of our programs: a checkout's .ts files are run by Node itself, without its warning. */
export function nodeArguments(entry: string): string[] {
  return entry.endsWith('.ts') ? ['--disable-warning=ExperimentalWarning', entry] : [entry]
}
