/** A word as bash gets it from `$`: bare, or between `$'` and `'`. */
const WORD = String.raw`(?:\$'(?:[^'\\]|\\.)*'|[^\s']+)`
const SSH = new RegExp(String.raw`^ssh ((?:-[Flpo] ${WORD} )+)-- `, 's')
const OPTION = new RegExp(String.raw`(-[Flpo]) (${WORD}) `, 'gs')
/** How a host is reached, which is the same for all of them. */
const STANDING =
  /^(?:\$')?(?:BatchMode|ConnectTimeout|ServerAliveInterval|ServerAliveCountMax|ControlMaster|ControlPath|ControlPersist)=/

/**
 * A command as people read it: of `ssh` without how the connection is made, which would fill the line before the host and
 * what is done there; `…` stands for it. The line that is shown whole has all of it.
 */
export function shownCommand(text: string): string {
  const [all, options] = SSH.exec(text) ?? []
  if (all === undefined || options === undefined || !options.includes('-o BatchMode=')) return text
  const kept = [...options.matchAll(OPTION)]
    .filter(([, flag, value = '']) => flag !== '-F' && !(flag === '-o' && STANDING.test(value)))
    .map(([whole]) => whole)
  return `ssh … ${kept.join('')}${text.slice(all.length)}`
}
