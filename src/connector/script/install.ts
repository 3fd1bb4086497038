import { MIN_SYSTEMD, tokenFile, unitFile, unitName } from '../names.ts';
import { connectorUnit } from '../unit.ts';
import { CLOUDFLARE_PACKAGES, NOTE_BROUGHT, packageFunctions, type Repositories } from './package.ts';
import { FREE_PORT, PRELUDE, ROOT_AND_SYSTEMD } from './prelude.ts';

/** s; the first connection takes a few, a boot of the network and a fallback from QUIC to HTTP/2 up to thirty. */
const READY_WITHIN_S = 60;
/** s between looks. */
const LOOK_EVERY_S = 1;
/** Lines of the journal, and characters of each, that come back where it doesn't get ready. */
const LOG_LINES = 40;
const LOG_CHARACTERS = 300;

export interface InstallSettings {
  /** From the token: the name of all files. */
  readonly tunnelId: string;
  readonly repositories?: Repositories;
  readonly readyWithinS?: number;
}

/**
 * Makes the connector of one tunnel, as root. The token comes on standard input and goes straight into a file of
 * root's; it is in no variable and no argument. Whatever goes wrong, or whoever interrupts it: what was there before
 * is there again.
 */
export const installScript = ({
  tunnelId,
  repositories = CLOUDFLARE_PACKAGES,
  readyWithinS = READY_WITHIN_S,
}: InstallSettings): string => `\
${PRELUDE}
${packageFunctions(repositories)}
${FREE_PORT}
name=${unitName(tunnelId)} unit=${unitFile(tunnelId)} token=${tokenFile(tunnelId)}
work='' changed='' had_folder='' was_active='' was_enabled='' finished=''

# Puts back what was there before; twice does no harm.
undo() {
  trap '' HUP INT TERM PIPE
  if [ -n "$work" ] && [ -z "$finished" ]; then
    if [ -n "$changed" ]; then
      if [ -f "$work/old-unit" ]; then cp -p "$work/old-unit" "$unit"; else
        systemctl -q disable "$name"
        systemctl stop "$name"
        rm -f "$unit"
      fi
      if [ -f "$work/old-token" ]; then cp -p "$work/old-token" "$token"; else rm -f "$token"; fi
      systemctl daemon-reload
      if [ -f "$unit" ]; then
        [ -n "$was_enabled" ] || systemctl -q disable "$name"
        if [ -n "$was_active" ]; then systemctl --no-block restart "$name"; else systemctl stop "$name"; fi
      else
        systemctl -q reset-failed "$name" 2>/dev/null
      fi
    fi
    [ -z "$brought" ] || take_away "$brought"
    [ -n "$had_folder" ] || rmdir $folder "\${folder%/*}" 2>/dev/null
    [ -z "$changed$brought" ] || fact undone yes 2>/dev/null
  fi
  [ -z "$work" ] || rm -rf "$work"
}
trap undo EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM

${ROOT_AND_SYSTEMD}
umask 022
work=$(mktemp -d /run/reach4-connector.XXXXXXXX) || fail no-folder /run
(umask 077 && exec cat > "$work/token")
exec </dev/null
[ -s "$work/token" ] || fail no-token
systemd=$(systemctl --version | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p')
[ "\${systemd:-0}" -ge ${MIN_SYSTEMD} ] || fail old-systemd "$systemd"
[ ! -d $folder ] || had_folder=yes

if ! has cloudflared; then
  step package
  install_package
  has cloudflared || fail no-package
fi
program=$(command -v cloudflared)
case $program in /*) ;; *) fail odd-program "$program" ;; esac
case $program in *[!A-Za-z0-9/._+-]*) fail odd-program "$program" ;; esac
# Behind links, too: the unit sees none of these folders.
case $(readlink -f "$program") in /home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/*) fail hidden-program "$program" ;; esac
version=$("$program" --version 2>&1 | sed -n '1s/^cloudflared version \\([^ ]*\\).*/\\1/p')
reads_token_file "$program" || fail old-program "\${version:-unknown} $program"
fact program "$program"
fact version "\${version:-unknown}"

port=
[ ! -f "$unit" ] || port=$(port_of "$unit")
[ -n "$port" ] || port=$(free_port) || fail no-port
cat > "$work/unit" <<UNIT
${inHeredoc(connectorUnit({ tunnelId, program: '$program', port: '$port' }))}UNIT
systemctl -q is-active "$name" && was_active=yes
systemctl -q is-enabled "$name" 2>/dev/null && was_enabled=yes

if cmp -s "$work/unit" "$unit" && cmp -s "$work/token" "$token" && [ -n "$was_active" ] && [ -n "$was_enabled" ]; then
  fact changed no
else
  step unit
  mkdir -p $folder && chmod 700 $folder || fail no-folder $folder
  [ ! -f "$unit" ] || cp -p "$unit" "$work/old-unit" || fail no-folder "$work"
  [ ! -f "$token" ] || cp -p "$token" "$work/old-token" || fail no-folder "$work"
  changed=yes
  # Renamed into place: whoever reads them meanwhile reads the old or the new.
  cp -p "$work/token" "$token.new" && mv -f "$token.new" "$token" || fail no-folder $folder
  cp -p "$work/unit" "$unit.new" && mv -f "$unit.new" "$unit" || fail no-folder $units
  systemctl daemon-reload >&2 || fail no-start
  systemctl -q enable "$name" >&2 || fail no-start
  fact changed yes
fi
since=$(date +%s)
# A program that is stopping writes errors too, and so did the attempt before, maybe in this same second: only the log
# of runs that begin now says why these have no connection.
run_of() { systemctl show --value -p InvocationID "$name" 2>/dev/null; }
old_run='' runs=''
[ -z "$changed" ] || old_run=$(run_of)
[ -z "$changed" ] || systemctl --no-block restart "$name" >&2 || fail no-start
note_run() {
  run=$(run_of)
  case "$old_run $runs " in *"$run "*) return ;; esac
  runs="$runs $run"
}
# What the program wrote, and what systemd wrote of it.
log_of_runs() {
  set --
  for run in $runs; do set -- "$@" + "_SYSTEMD_INVOCATION_ID=$run" + "INVOCATION_ID=$run"; done
  [ $# -gt 0 ] || return 0
  shift
  journalctl -q -o cat --no-pager --since "@$since" "$@" 2>/dev/null
}

# That it is active says the same: it is so from its first connection on. /ready says whether it still has one. The
# program of before, which has yet to stop, isn't asked.
is_ready() {
  note_run
  [ -n "$runs" ] || return 1
  systemctl -q is-active "$name" || return 1
  case $(ready_of "$port") in
  *'"status":200'*) ;;
  '') "$program" tunnel --metrics "127.0.0.1:$port" ready >/dev/null 2>&1 ;;
  *) return 1 ;;
  esac
}
step ready
waited=0
until is_ready; do
  if [ "$waited" -ge ${readyWithinS} ]; then
    log_of_runs | cut -c 1-${LOG_CHARACTERS} |
      grep -v -e ' INF ' -e ' DBG ' | tail -n ${LOG_LINES} | sed 's/^/log /'
    fail not-ready "$waited"
  fi
  sleep ${LOOK_EVERY_S}
  waited=$((waited + ${LOOK_EVERY_S}))
  fact waited "$waited"
done
fact port "$port"
${NOTE_BROUGHT}finished=yes
`;

/** In a here-document whose variables are the shell's, those of systemd stay as they are. */
const inHeredoc = (unit: string): string => unit.replaceAll('${', '\\${');
