# POSIX sh, sourced after node-env.sh: node_modules as package-lock.json says. No install script of any package runs.
# npm writes this file last, so an install that was interrupted or is older than the lock is made anew.
if [ ! "$ROOT/node_modules/.package-lock.json" -nt "$ROOT/package-lock.json" ]; then
  command -v npm >/dev/null || { echo "npm is not on PATH; it is needed to fetch the packages of package-lock.json" >&2; exit 2; }
  echo "fetching npm packages" >&2
  (cd "$ROOT" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
    { echo "npm ci failed; is the network there?" >&2; exit 2; }
  touch "$ROOT/node_modules/.package-lock.json"
fi
PATH=$ROOT/node_modules/.bin:$PATH
export PATH
