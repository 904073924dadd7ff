export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * The completion script of a shell. It is the same for everybody and always: what may be offered is asked for when it
 * is needed, with a deadline, and what comes back is only ever data to the shell.
 */
export const completionScript = (shell: Shell): string => SCRIPTS[shell]

/** Ends an answer that takes longer, where there is a program for it. */
const SECONDS = 3

const BASH = `# bash completion for opsconsole: eval "$(opsconsole completion bash)"
_opsconsole() {
  local line=\${COMP_LINE:0:COMP_POINT} word description current
  local -a words within=()
  # By spaces alone: bash itself also splits at colons, which ids of alerts have.
  read -ra words <<<"$line"
  [[ $line == *' ' ]] && words+=('')
  current=\${words[\${#words[@]}-1]}
  command -v timeout >/dev/null && within=(timeout ${SECONDS})
  COMPREPLY=()
  while IFS=$'\\t' read -r word description; do
    case $word in
      :file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
      :directory) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
      *) COMPREPLY+=("$(printf %q "$word")") ;;
    esac
  done < <("\${within[@]}" "\${words[0]}" completion bash --words -- "\${words[@]:1}" 2>/dev/null </dev/null)
  # Bash replaces only what follows the last character at which it splits.
  local split=\${current##*[:=]}
  local before=\${current%"$split"}
  if [[ -n $before ]]; then COMPREPLY=("\${COMPREPLY[@]#"$(printf %q "$before")"}"); fi
}
complete -F _opsconsole opsconsole
`

const ZSH = `#compdef opsconsole
# zsh completion for opsconsole: eval "$(opsconsole completion zsh)", after compinit
_opsconsole() {
  local line word
  local -a within found shown
  (( $+commands[timeout] )) && within=(timeout ${SECONDS})
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    case $word in
      :file) _files; return ;;
      :directory) _files -/; return ;;
    esac
    found+=("$word")
    shown+=("\${line/$'\\t'/  }")
  done < <($within \${words[1]} completion zsh --words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)
  (( $#found )) && compadd -l -d shown -a -- found
}
if [[ \${funcstack[1]} == _opsconsole ]]; then _opsconsole; else compdef _opsconsole opsconsole; fi
`

const FISH = `# fish completion for opsconsole: opsconsole completion fish | source
function __opsconsole_words
  set -l words (commandline -opc) (commandline -ct)
  set -l within
  command -q timeout; and set within timeout ${SECONDS}
  $within $words[1] completion fish --words -- $words[2..-1] 2>/dev/null </dev/null | while read -l line
    switch $line
      case :file
        __fish_complete_path (commandline -ct)
      case :directory
        __fish_complete_directories (commandline -ct) ''
      case '*'
        printf '%s\\n' $line
    end
  end
end
complete -c opsconsole -f -a '(__opsconsole_words)'
`

const SCRIPTS: Readonly<Record<Shell, string>> = {bash: BASH, zsh: ZSH, fish: FISH}
