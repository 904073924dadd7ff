/**
 * GitHub's runner reads every line that a job prints, of standard output and of standard error. A line that begins with
 * `::` after spaces, or that holds `##[` anywhere, may be a command to it (actions/runner, ActionCommand.cs). Text from
 * outside must never become one.
 */
type Env = Readonly<Record<string, string | undefined>>

export const onGitHub = (env: Env): boolean => env['GITHUB_ACTIONS'] === 'true'
export const onGitLab = (env: Env): boolean => env['GITLAB_CI'] === 'true'

/** The same words, but no workflow command: a space where one would begin, so that a person still sees what was said. */
export function harmlessText(text: string): string {
  return text.replaceAll(/^([\s\u0085]*):(?=:)/gmu, '$1: ').replaceAll('##[', '# #[')
}

/** The same JSON value. A line of JSON never begins with `::`, but a string in it may hold `##[`. */
export const harmlessJson = (json: string): string => json.replaceAll('##[', String.raw`#\u0023[`)

/** Text for the log of whatever runs this: changed only where GitHub's runner would listen. */
export const textFor = (env: Env, text: string): string => (onGitHub(env) ? harmlessText(text) : text)
export const jsonFor = (env: Env, json: string): string => (onGitHub(env) ? harmlessJson(json) : json)

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** One line that GitHub's runner obeys: `::error title=Restart web-1::exit code 1`. */
export function workflowCommand(name: string, data = '', properties: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`)
  return `::${name}${given.length > 0 ? ` ${given.join(',')}` : ''}::${escapeData(data)}`
}
