import {quotePosix} from '../../../text/quote-posix.ts'
import {TEXT_LIMIT} from '../storage.ts'

/**
 * What is done over there, in POSIX sh with the programs of GNU coreutils and nothing else. Pure. What is answered ends
 * with a word, so that an answer that was cut is not taken for a whole one; names are separated by NUL, which no name has.
 */

export const MISSING = 'missing'
export const END = 'end'
export const READY = 'ready'
export const PARTIAL = '.partial'

/** Messages of the programs in one language, no search path for `cd`, files for their owner alone. */
const BEGIN = 'LC_ALL=C; export LC_ALL; CDPATH=; umask 077'
const inside = (name: string): string => quotePosix(`./${name}`)

/** Goes into the directory. One that is not there is an answer; one that may not be entered or read is an error. */
const enter = (directory: string, missing: string): string => `${BEGIN}
d=${quotePosix(directory)}
e=$(ls -d -- "$d/." 2>&1 >/dev/null) || case $e in *"No such file or directory"*) ${missing};; *) printf '%s\\n' "$e" >&2; exit 1;; esac
cd -- "$d" || exit 1
if [ ! -r . ]; then printf '%s\\n' 'Permission denied: the directory cannot be read' >&2; exit 1; fi`

const whenMissing = `printf '%s\\0' ${MISSING}; exit 0`

/** Bytes, moment, kind and name of every file, or of those named. A stat that is not GNU's says so at once. */
export const listScript = (directory: string, name?: string): string => `${enter(directory, whenMissing)}
stat --printf= -- . || exit 1
${name === undefined ? 'set -- *' : `set -- ${inside(name)}`}
stat -L --printf='%s %.3Y %f %n\\0' -- "$@" 2>/dev/null
printf '%s\\0' ${END}`

/** One line for each text that is there: its number, and its bytes in base64; `!` when it cannot be read. */
export const textsScript = (directory: string, names: readonly string[]): string => `${enter(directory, whenMissing)}
i=0
for f in ${names.map(inside).join(' ')}; do
if [ -f "$f" ]; then
printf '%s ' $i
if [ "$(stat -L --printf=%s -- "$f")" -gt ${TEXT_LIMIT} ]; then printf '!'; else base64 -w 0 -- "$f" 2>/dev/null || printf '!'; fi
printf '\\n'
fi
i=$((i + 1))
done
printf '%s\\n' ${END}`

export const readScript = (
  directory: string,
  name: string,
  offset: number,
): string => `${enter(directory, 'printf "%s\\n" "$e" >&2; exit 1')}
exec ${offset === 0 ? 'cat' : `tail -c +${offset + 1}`} -- ${inside(name)}`

const takeBytes = (partial: string): string => `printf '%s\\n' ${READY}
cat >&3 || exit 1
exec 3>&-
sync -- ${inside(partial)} || exit 1
wc -c <${inside(partial)}`

/** Says that it takes bytes, takes them all, puts them on the disk, and says how many there were. */
export const writeScript = (directory: string, partial: string): string => `${BEGIN}
d=${quotePosix(directory)}
mkdir -p -- "$d" || exit 1
cd -- "$d" || exit 1
set -C
exec 3>${inside(partial)} || exit 1
${takeBytes(partial)}`

/** The same after the first `there` bytes of what is there; the number at the end is that of all. */
export const appendScript = (
  directory: string,
  partial: string,
  there: number,
): string => `${enter(directory, 'printf "%s\\n" "$e" >&2; exit 1')}
truncate -s ${there} -- ${inside(partial)} || exit 1
exec 3>>${inside(partial)} || exit 1
${takeBytes(partial)}`

/**
 * Gives the newest unfinished file of a name to one of those that want to go on with it: how many bytes it has, and a line
 * for each part of it, its checksum. Answers without the last word when there is none, or these programs cannot tell.
 */
export const takeOverScript = (
  directory: string,
  {name, partial, part}: {readonly name: string; readonly partial: string; readonly part: number},
): string => `${enter(directory, 'exit 0')}
n=$(ls -t -- ${inside(name)}.????????${PARTIAL} 2>/dev/null | head -n 1)
[ -n "$n" ] && mv -T -- "$n" ${inside(partial)} 2>/dev/null || exit 0
wc -c <${inside(partial)} || exit 1
split -b ${part} --filter=sha256sum -- ${inside(partial)} 2>/dev/null || exit 0
printf '%s\\n' ${END}`

export const digestScript = (
  directory: string,
  partial: string,
): string => `${enter(directory, 'printf "%s\\n" "$e" >&2; exit 1')}
sha256sum -- ${inside(partial)}`

/** Some file systems cannot sync a directory; all others must. */
const SYNC_DIRECTORY = `e=$(sync -- . 2>&1) || case $e in *"Invalid argument"* | *"not supported"*) ;; *) printf '%s\\n' "$e" >&2; exit 1;; esac`

/** The whole file gets its name, in place of an older one: one rename. `alone`: nothing unfinished of that name is left. */
export const renameScript = (
  directory: string,
  {partial, name, alone}: {readonly partial: string; readonly name: string; readonly alone: boolean},
): string => `${enter(directory, 'printf "%s\\n" "$e" >&2; exit 1')}
mv -f -T -- ${inside(partial)} ${inside(name)} || exit 1
${alone ? `rm -f -- ${inside(name)}.????????${PARTIAL}` : ':'}
${SYNC_DIRECTORY}
printf '%s\\n' ${END}`

/** In this order, each with what was left unfinished of it. */
export const removeScript = (directory: string, names: readonly string[]): string => `${enter(directory, 'exit 0')}
${names.map(name => `rm -f -- ${inside(name)} ${inside(name)}.????????${PARTIAL} || exit 1`).join('\n')}`

/** Kilobytes that are free. */
export const spaceScript = (directory: string): string => `${enter(directory, 'exit 0')}
df -P -k -- . || exit 1`

/** Whether backups can be kept there. */
export const checkScript = (directory: string): string => `${enter(directory, whenMissing)}
stat --printf= -- . && base64 --version >/dev/null || exit 1
if [ ! -w . ]; then printf '%s\\n' 'Permission denied: the directory cannot be written to' >&2; exit 1; fi
printf '%s\\0' ${END}`
