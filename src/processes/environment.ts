/** Variables by which the operator's shell could change what a child does or loads. */
const REFUSED = /^(?:ZX_.*|BASH_ENV|ENV|NODE_OPTIONS|LD_.*|PROMPT_COMMAND|SHELLOPTS|BASHOPTS|BASH_FUNC_.*)$/

/** The environment that a child gets: the operator's without what could hijack it, then what the caller adds. */
export function childEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [key, value] of Object.entries(inherited))
    if (value !== undefined && !REFUSED.test(key)) clean[key] = value
  return {...clean, ...added}
}
