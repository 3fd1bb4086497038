import { FOLDER, METRICS_PORTS, PACKAGE_NOTE, UNIT_PREFIX, UNITS_FOLDER } from '../names.ts';

/** s for `/ready`, which is on loopback. */
const READY_TIMEOUT_S = 3;

/**
 * What the scripts begin with. They are POSIX shell, run as they are on this machine or by SSH on another, and tell
 * what they do in lines: `step CODE`, `fact NAME VALUE`, `log LINE`, `fail CODE DETAIL`. Whatever else programs print
 * goes to the other stream.
 */
export const PRELUDE = `\
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL PATH
step() { printf 'step %s\\n' "$1"; }
fact() { printf 'fact %s %s\\n' "$1" "$2"; }
fail() { printf 'fail %s %s\\n' "$1" "\${2-}"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
folder=${FOLDER} note=${PACKAGE_NOTE} units=${UNITS_FOLDER}
units_of_connectors() {
  for each in $units/${UNIT_PREFIX}*.service; do [ ! -f "$each" ] || printf '%s\\n' "$each"; done
}
port_of() { sed -n 's/^ExecStart=.* --metrics 127\\.0\\.0\\.1:\\([0-9]*\\) .*/\\1/p' "$1"; }
# What /ready answers; nothing where there is no answer, or nobody to ask it. (wget tells nothing of a 503.)
ready_of() {
  if has curl; then curl -s --noproxy '*' -m ${READY_TIMEOUT_S} "http://127.0.0.1:$1/ready"
  elif has wget; then http_proxy='' wget -q -T ${READY_TIMEOUT_S} -O - "http://127.0.0.1:$1/ready"
  elif has bash; then bash -c '
    exec 3<> "/dev/tcp/127.0.0.1/$0" && printf "GET /ready HTTP/1.0\\r\\n\\r\\n" >&3 && timeout ${READY_TIMEOUT_S} cat <&3
  ' "$1" | sed -n '$p'; fi 2>/dev/null | tr -d '\\n'
}
reads_token_file() { "$1" tunnel run --help 2>/dev/null | grep -q -e '--token-file'; }
`;

/** For what changes something: it needs root, and a systemd that is at work. */
export const ROOT_AND_SYSTEMD = `\
[ "$(uname -s)" = Linux ] || fail not-linux "$(uname -s)"
[ -d /run/systemd/system ] || fail no-systemd
[ "$(id -u)" -eq 0 ] || fail not-root
`;

/** A port on which nothing listens, and which no connector of this machine has, running or not. */
export const FREE_PORT = `\
is_taken() {
  hex=$(printf '%04X' "$1")
  grep -q -i -E ":$hex [0-9A-F]+:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null && return 0
  for unit_of in $(units_of_connectors); do [ "$(port_of "$unit_of")" != "$1" ] || return 0; done
  return 1
}
free_port() {
  number=${METRICS_PORTS.first}
  while [ "$number" -le ${METRICS_PORTS.last} ]; do
    is_taken "$number" || { printf '%s\\n' "$number"; return 0; }
    number=$((number + 1))
  done
  return 1
}
`;
