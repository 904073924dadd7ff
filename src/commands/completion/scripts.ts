import type {Command, FlagSpec} from '../command.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A word that completes what stands before it. */
interface Candidate {
  /** Words before it: `runbook`. Empty for the first. */
  readonly after: string
  readonly word: string
  readonly description: string
}

/** First and second words of all commands. */
export function commandWords(commands: readonly Command[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const {name, summary, hidden} of commands) {
    if (hidden) continue
    const words = name.split(' ')
    for (const [index, word] of words.entries()) {
      const after = words.slice(0, index).join(' ')
      const last = index === words.length - 1
      const known = found.get(`${after} ${word}`)
      if (!known || last) found.set(`${after} ${word}`, {after, word, description: last ? summary : `${word} commands`})
    }
  }
  return [...found.values()].sort((a, b) => `${a.after} ${a.word}`.localeCompare(`${b.after} ${b.word}`))
}

const flagsOf = (command: Command): [string, FlagSpec][] => Object.entries(command.flags ?? {})

/** Inside single quotes of a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The completion script of a shell, made from the same objects as parsing and help. */
export function completionScript(shell: Shell, commands: readonly Command[], globals: readonly string[]): string {
  const shown = commands.filter(({hidden}) => !hidden)
  if (shell === 'bash') return bash(shown, globals)
  return shell === 'zsh' ? zsh(shown, globals) : fish(shown, globals)
}

function bash(commands: readonly Command[], globals: readonly string[]): string {
  const words = commandWords(commands)
  const places = [...new Set(words.map(({after}) => after))]
  const cases = places.map(after => {
    const list = words.filter(word => word.after === after).map(({word}) => word)
    return `    ${quote(after)}) words=${quote(list.join(' '))} ;;`
  })
  const flags = commands.map(command => {
    const list = flagsOf(command).map(([name]) => `--${name}`)
    return `    ${quote(command.name)}) flags=${quote(list.join(' '))} ;;`
  })
  return `# bash completion for opsconsole: eval "$(opsconsole completion bash)"
_opsconsole() {
  local current=\${COMP_WORDS[COMP_CWORD]} before='' word words='' flags='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -* ]] && continue
    before="\${before:+$before }$word"
  done
  case $before in
${cases.join('\n')}
  esac
  while [[ -n $before ]]; do
    case $before in
${flags.map(line => `  ${line}`).join('\n')}
      *) [[ $before == *' '* ]] && before=\${before% *} && continue ;;
    esac
    break
  done
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags ${globals.join(' ')}" -- "$current"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _opsconsole opsconsole
`
}

function zsh(commands: readonly Command[], globals: readonly string[]): string {
  const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:')
  const words = commandWords(commands)
  const places = [...new Set(words.map(({after}) => after))]
  const cases = places.map(after => {
    const list = words.filter(word => word.after === after)
    return `    ${quote(after)}) words_here=(${list.map(({word, description}) => quote(`${escape(word)}:${escape(description)}`)).join(' ')}) ;;`
  })
  const flags = commands.map(command => {
    const list = flagsOf(command).map(([name, flag]) => quote(`--${name}:${escape(flag.description)}`))
    return `      ${quote(command.name)}) flags_here=(${list.join(' ')}) ;;`
  })
  return `#compdef opsconsole
# zsh completion for opsconsole: eval "$(opsconsole completion zsh)"
_opsconsole() {
  local before='' word index
  local -a words_here flags_here
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    [[ $word == -* ]] && continue
    before="\${before:+$before }$word"
  done
  case $before in
${cases.join('\n')}
  esac
  while [[ -n $before ]]; do
    case $before in
${flags.join('\n')}
      *) [[ $before == *' '* ]] && before=\${before% *} && continue ;;
    esac
    break
  done
  if [[ \${words[CURRENT]} == -* ]]; then
    flags_here+=(${globals.map(quote).join(' ')})
    _describe 'flag' flags_here
  elif (( \${#words_here} )); then
    _describe 'command' words_here
  else
    _files
  fi
}
compdef _opsconsole opsconsole
`
}

function fish(commands: readonly Command[], globals: readonly string[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const words = commandWords(commands).map(
    ({after, word, description}) =>
      `complete -c opsconsole -f -n ${quoted(`__opsconsole_after ${quoted(after)}`)} -a ${quoted(word)} -d ${quoted(description)}`,
  )
  const flags = commands.flatMap(command =>
    flagsOf(command).map(([name, flag]) => {
      const short = flag.short ? ` -s ${flag.short}` : ''
      const value = flag.type === 'string' ? ' -r' : ''
      return `complete -c opsconsole -n ${quoted(`__opsconsole_in ${quoted(command.name)}`)} -l ${name}${short}${value} -d ${quoted(flag.description)}`
    }),
  )
  return `# fish completion for opsconsole: opsconsole completion fish | source
function __opsconsole_words
  set -l found
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; or set -a found $word
  end
  string join ' ' -- $found
end
function __opsconsole_after
  test (__opsconsole_words | string collect -a) = "$argv[1]"
end
function __opsconsole_in
  string match -q -- "$argv[1]*" (__opsconsole_words | string collect -a)
end
${words.join('\n')}
${flags.join('\n')}
${globals.map(flag => `complete -c opsconsole -l ${flag.replace(/^--/, '')}`).join('\n')}
`
}
