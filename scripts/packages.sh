#!/bin/sh
# Makes sure the system programs are there that the lab and the tests use. As root on Debian or Ubuntu it installs what
# is missing, asks nothing, starts no service and creates no database cluster. What cannot be had is named: the lab does
# not begin without it, exit 2; the tests do, and those that need it fail.
# usage: packages.sh [lab|test]
set -eu
for_tests=false
[ "${1:-lab}" = test ] && for_tests=true

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
has_postgresql() {
  for dir in /usr/lib/postgresql/1[5-9]/bin /usr/lib/postgresql/[2-9][0-9]/bin /usr/pgsql-*/bin; do
    [ -x "$dir/initdb" ] && return 0
  done
  has initdb && has pg_dump
}

missing=
need() { missing="$missing $1"; }
has_postgresql || need postgresql
has redis-server || need redis-server
has haproxy || need haproxy
has pgbackrest || need pgbackrest
has pgbouncer || need pgbouncer
has zstd || need zstd
if $for_tests; then
  has restic || need restic
  has age || need age
  for one in tmux screen mosh; do has $one || need $one; done
  has sshd || need openssh-server
  for one in zsh fish mandoc; do has $one || need $one; done
  has nginx || need nginx
  has kubectl || need kubernetes-client
  has prometheus && has promtool || need prometheus
  has prometheus-alertmanager || need prometheus-alertmanager
  /usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || need python3-aiosmtpd
  /usr/bin/python3 -c "import prometheus_client" 2>/dev/null || need python3-prometheus-client
  for one in git python3 openssl; do has $one || need $one; done
  has ps || need procps
fi
[ -z "$missing" ] && exit 0

# Which tests fail without a package; the others go on.
tests_of() {
  case $1 in
  postgresql) echo "databases, backups, restore, shared locks, and all on the lab" ;;
  redis-server) echo "caches, and all on the lab" ;;
  haproxy) echo "releases, and all on the lab" ;;
  pgbouncer) echo "src/databases/pooler.server.test.ts, and the lab's pooler" ;;
  pgbackrest) echo "src/backups/methods/pgbackrest" ;;
  restic) echo "src/backups/methods/restic" ;;
  zstd | age) echo "src/backups" ;;
  tmux) echo "test/tui/flows.test.ts" ;;
  screen | mosh) echo "test/flows/console-multiplexers.test.ts" ;;
  openssh-server) echo "all that goes over ssh: hosts, storage, test/flows/ssh.test.ts" ;;
  zsh | fish) echo "test/flows/completion.test.ts, src/shell/remote-script.server.test.ts" ;;
  mandoc) echo "test/docs/man-page.test.ts" ;;
  prometheus-alertmanager) echo "src/alerts/channels/alertmanager" ;;
  python3-aiosmtpd) echo "src/alerts/channels/email" ;;
  python3-prometheus-client) echo "src/monitors/exporter.test.ts" ;;
  nginx) echo "src/releases/traffic/nginx, test/flows/foreign-production.test.ts" ;;
  kubernetes-client) echo "src/releases/traffic/kubernetes" ;;
  git) echo "test/flows/release.test.ts" ;;
  python3) echo "test/reliability/tampering.test.ts, src/commands/run/junit.test.ts" ;;
  openssl) echo "certificates: src/probes, src/connections" ;;
  prometheus) echo "test/reliability/alert-rules.test.ts, test/flows/prometheus.test.ts, src/monitors/exporter.test.ts" ;;
  procps) echo "processes: test/reliability/process-trees.test.ts" ;;
  esac
}

# The lab ends here. The tests go on, so that one package which a mirror lacks does not hide what all the others say.
go_on_without() {
  $for_tests || exit 2
  for one in "$@"; do echo "without $one these fail: $(tests_of "$one")" >&2; done
}

if [ "$(id -u)" != 0 ] || ! has apt-get; then
  echo "These programs are missing:$missing" >&2
  if has apt-get; then echo "Get them with:  sudo apt-get install --no-install-recommends$missing" >&2
  else echo "Install them with the package manager of this system (names as in Debian; PostgreSQL 15 or newer)." >&2; fi
  # shellcheck disable=SC2086 # a list of package names
  go_on_without $missing
  exit 0
fi

echo "installing$missing" >&2
# invoke-rc.d asks this file before it starts anything. One that was there before is the machine's own and stays.
policy=/usr/sbin/policy-rc.d
ours=false
if [ ! -e "$policy" ]; then
  ours=true
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
cleanup() { if $ours; then rm -f "$policy"; fi; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Debian's package makes a cluster of its own unless told not to beforehand; a configuration that exists is respected.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
export DEBIAN_FRONTEND=noninteractive
run_apt() { apt-get -y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold "$@" </dev/null >&2; }
run_apt update || echo "apt-get update failed; trying with the lists at hand" >&2
# shellcheck disable=SC2086 # a list of package names
run_apt install --no-install-recommends $missing && exit 0
# One that cannot be had stops all of them: then each for itself.
refused=
for one in $missing; do run_apt install --no-install-recommends "$one" || refused="$refused $one"; done
[ -z "$refused" ] && exit 0
echo "apt-get could not install:$refused" >&2
# shellcheck disable=SC2086 # a list of package names
go_on_without $refused
