/**
 * Variables that change what a shell, a linker or Node does before the command itself gets a say; and parameters of
 * runbooks, which may be secret and are only for the runbook that asked for them.
 */
const DANGEROUS =
  /^(?:ZX_|LD_|DYLD_|BASH_FUNC_|OPSCONSOLE_PARAM_)|^(?:BASH_ENV|ENV|NODE_OPTIONS|NODE_PATH|PROMPT_COMMAND|SHELLOPTS|BASHOPTS|PS4|IFS|CDPATH|GLOBIGNORE|OLDPWD)$/

/** The operator's environment as a child may have it. */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !DANGEROUS.test(name)) clean[name] = value
  return {...clean, ...extra}
}
