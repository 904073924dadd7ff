import {anyLoginShell, TAKE_BACK, toOctal} from '../text/login-shell.ts'
import {quotePosix} from '../text/quote-posix.ts'

/**
 * The small programs that run on another host, in whatever POSIX sh is there. What finds a command again is its tag, a
 * name that nobody can guess: it stands in the arguments of the shell around the command, and in the environment of all
 * that the command starts.
 */

/** How a command's shell speaks of itself, on its standard error; taken out of what is shown. */
export const NOTE = {began: 'began', ended: 'ended'} as const
/** Carries the tag in the environment of the command. */
export const TAG_VARIABLE = 'OPSCONSOLE_REMOTE'

/**
 * A command as it is sent: in bash when the host has one, else in sh; stops at the first error, as the local `$` does.
 * sshd makes its login shell the leader of a session, so the command has a process group of its own; where the server
 * does not, `setsid` makes one if it is there.
 */
export function commandScript(text: string, tag: string): string {
  const script = `trap : HUP INT TERM
if [ -r /proc/$$/stat ]; then read -r x x x x g x </proc/$$/stat; else g=$(ps -o pgid= -p $$ 2>/dev/null | tr -d " "); fi
if [ "$g" != $$ ] && [ "\${${TAG_VARIABLE}-}" != ${tag} ] && command -v setsid >/dev/null 2>&1; then
${TAG_VARIABLE}=${tag}; export ${TAG_VARIABLE}; exec setsid sh -c ': ${tag}; ${TAKE_BACK}' "$0" "$1"; fi
${TAG_VARIABLE}=${tag}; export ${TAG_VARIABLE}
printf "%s\\n" "${tag} ${NOTE.began} $$ \${g:-0}" >&2
i=${quotePosix(INNER)}
t=$(printf %b. "$1"); t=\${t%.}
if command -v bash >/dev/null 2>&1; then bash --norc -c "$i" bash "$t"; else sh -c "$i" sh "$t"; fi
c=$?
if [ $c -gt 255 ]; then c=$((128 + c % 128)); fi
printf "%s\\n" "${tag} ${NOTE.ended} $c" >&2
exit $c`
  // Whole only where it has arrived: the ssh that sends it may run on the very same machine, and is not looked for.
  return `exec sh -c ': ${tag.replace('-', "''-")}; ${TAKE_BACK}' '${toOctal(script).replaceAll(tag, tag.replace('-', String.raw`\0055`))}' '${toOctal(text)}'`
}

/** dash before 0.5.13 has no pipefail and says so by leaving; everything else does. */
const INNER = '__text=$1; set --; set -eu; if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi; eval "$__text"'

/** What the answers of the two scripts below begin with, after the tag. */
export const ANSWER = {
  group: 'group',
  single: 'single',
  none: 'none',
  blind: 'blind',
  left: 'left',
  killed: 'killed',
  done: 'done',
} as const

/**
 * Sets `tagged`, the processes that carry the tag; `leader`, the shell around the command, when it leads its group;
 * `members`, what is in group `$g`; `self`, when processes can be seen at all. Zombies are left out. The tag is never
 * whole in the arguments of what looks for it.
 */
const LOOK = `see() {
case $1:$3 in :* | *:[ZX]*) return;; esac
if [ "$2" = "$g" ]; then members="$members $1"; fi
if [ "$1" = $$ ]; then self=$1; fi
case " $found $heads " in *" $1 "*) tagged="$tagged $1";; esac
case " $heads " in *" $1 "*) if [ "$1" = "$2" ]; then leader=$1; fi;; esac
}
look() {
members= tagged= leader= self= found= heads=
if [ -r /proc/self/stat ]; then
for f in $(grep -l "$h[-]$k" /proc/[0-9]*/environ 2>/dev/null); do f=\${f#/proc/}; found="$found \${f%%/*}"; done
for f in $(grep -l "$h[-]$k" /proc/[0-9]*/cmdline 2>/dev/null); do f=\${f#/proc/}; heads="$heads \${f%%/*}"; done
for d in /proc/[0-9]*; do
{ read -r s <$d/stat; } 2>/dev/null || continue
s=\${s##*") "}; set -- $s; see \${d#/proc/} "$3" "$1"
done
else
all=$(ps -A -o pid= -o pgid= -o stat= -o args= 2>/dev/null)
if [ -z "$all" ]; then all=$(ps -A -o pid= -o pgid= -o tty= -o args= 2>/dev/null); fi
env=$(ps axeww -o pid= -o command= 2>/dev/null)
while read -r p r; do case $r in *"$h-$k"*) found="$found $p";; esac; done <<END
$env
END
while read -r p q s r; do case $r in *"$h-$k"*) heads="$heads $p";; esac; done <<END
$all
END
while read -r p q s r; do see "$p" "$q" "$s"; done <<END
$all
END
fi
}
name() { if [ -r /proc/$1/cmdline ]; then tr "\\000\\n" "  " </proc/$1/cmdline | cut -c1-200; else ps -o args= -p $1 2>/dev/null | cut -c1-200; fi; }
names() { seen=; for p in "$@"; do case " $seen " in *" $p "*) ;; *) seen="$seen $p"; say ${ANSWER.left} $p $(name $p);; esac; done; }
`

function asking(tag: string, script: string): string {
  const dash = tag.lastIndexOf('-')
  return anyLoginShell(`h=${tag.slice(0, dash)}; k=${tag.slice(dash + 1)}; g=
say() { printf "%s\\n" "$h-$k $*"; }
${LOOK}${script}`)
}

/**
 * Finds the command and, if wanted, sends TERM to its group; to its tagged processes, where it has no group of its own.
 * `known` is the group that it said it leads: taken only when something in it carries the tag, as numbers come again.
 * What has left a group that is gone is only named, as it is here.
 */
export function findScript(tag: string, known: number | undefined, signal: boolean): string {
  return asking(
    tag,
    `g=${known ?? ''}; look
if [ -z "$leader" ] && [ -n "$g" ]; then for p in $members; do case " $tagged " in *" $p "*) leader=$g;; esac; done; fi
if [ -n "$leader" ]; then ${signal ? 'kill -s TERM -- -$leader 2>/dev/null; ' : ''}say ${ANSWER.group} $leader
elif [ -n "$tagged" ] && [ -n "$g" ]; then names $tagged; say ${ANSWER.none}
elif [ -n "$tagged" ]; then ${signal ? 'kill -s TERM $tagged 2>/dev/null; ' : ''}say ${ANSWER.single} $tagged
elif [ -n "$self" ]; then say ${ANSWER.none}; else say ${ANSWER.blind}; fi`,
  )
}

/** Waits for the end of what got TERM, kills it after the grace, and names what is left of it, in the group and out of it. */
export function endScript(tag: string, group: number | undefined, graceSeconds: number): string {
  return asking(
    tag,
    `g=${group ?? ''}
left() { look; if [ -n "$g" ]; then [ -n "$members" ]; else [ -n "$tagged" ]; fi; }
await() { e=$(($(date +%s) + $1)); while left; do if [ $(date +%s) -ge $e ]; then return 1; fi; sleep 0.1 2>/dev/null || sleep 1; done; }
if ! await ${graceSeconds}; then
if [ -n "$g" ]; then kill -s KILL -- -$g 2>/dev/null; else kill -s KILL $tagged 2>/dev/null; fi
say ${ANSWER.killed}; await 2; fi
look
names $members $tagged
say ${ANSWER.done}`,
  )
}
