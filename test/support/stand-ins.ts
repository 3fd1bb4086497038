/** Where the stand-ins keep what runs: process ids, timers, and how a unit is started. */
const UNITS = 'units=$(dirname "$0")/units';

/**
 * systemd isn't the first process of a namespace, so that its programs can't reach it. These do what the remedies ask
 * of it and nothing else: what they don't know is an error, never passed over.
 */
export const STAND_INS = {
  /** Starts a command in the background. */
  'systemd-run': `#!/bin/sh -eu
${UNITS} unit=
while :; do
  case $1 in
    --user) shift ;;
    --unit) unit=$2; shift 2 ;;
    -*) echo "systemd-run: $1 isn't known here" >&2; exit 1 ;;
    *) break ;;
  esac
done
command -v "$1" > /dev/null
setsid "$@" < /dev/null > "$units/$unit.log" 2>&1 &
echo $! > "$units/$unit.pid"
`,
  /**
   * Units are those of /etc/systemd/system, and those that \`setUnit\` says how to start. A timer that is enabled after
   * its OnBootSec starts its service at once (systemd.timer(5)); when it does again, no test waits for.
   */
  systemctl: `#!/bin/sh -eu
${UNITS} files=/etc/systemd/system
[ "$1" != --user ] || shift
missing() { echo "systemctl: there is no unit $1 here" >&2; exit 5; }
setting() { sed -n "s/^$2=//p" "$files/$1"; }
# A process of this namespace: one that ended may have left its number to any other of the machine.
isHere() { [ "$(readlink "/proc/$1/ns/net")" = "$(readlink /proc/self/ns/net)" ] 2> /dev/null; }
running() {
  pid=$(cat "$units/$1.pid")
  isHere "$pid" || { echo "systemctl: $1 doesn't run any more: $(tail -n 5 "$units/$1.log")" >&2; exit 1; }
  echo "$pid"
}
start() {
  setsid sh -c "exec $2" < /dev/null > "$units/$1.log" 2>&1 &
  echo $! > "$units/$1.pid"
}
# Of the services here systemd waits until they are up (systemd.service(5), Type=notify and forking): what is written next
# must not meet one that still reads its files.
started() {
  pid=$(running "$1")
  while ! ss -Hltnp | grep -qE "pid=($(pgrep -d '|' -g "$pid")),"; do
    sleep 0.05
    pid=$(running "$1")
  done
}
stop() {
  if [ ! -f "$units/$1.pid" ]; then [ -f "$files/$1.service" ] || missing "$1"; return; fi
  pid=$(running "$1")
  kill "$pid"
  while isHere "$pid"; do sleep 0.05; done
  rm "$units/$1.pid"
}
case "$*" in
  daemon-reload) ;;
  'stop '*) stop "\${2%.service}" ;;
  'restart '*)
    name=\${2%.service}
    [ -f "$units/$name.start" ] || missing "$name"
    [ ! -f "$units/$name.pid" ] || stop "$name"
    start "$name" "$(cat "$units/$name.start")"
    started "$name" ;;
  'reload '*)
    name=\${2%.service}
    [ -f "$units/$name.reload" ] || missing "$name"
    pid=$(running "$name")
    MAINPID=$pid sh -c "$(cat "$units/$name.reload")" ;;
  'enable --now '*.timer)
    [ "$(setting "$3" WantedBy)" = timers.target ]
    sh -c "$(setting "\${3%.timer}.service" ExecStart)" ;;
  'disable --now '*.timer) [ -f "$files/$3" ] || missing "$3" ;;
  'enable --now '*.socket)
    [ "$(setting "$3" WantedBy)" = sockets.target ]
    program=$(setting "\${3%.socket}.service" ExecStart)
    start "$3" "systemd-socket-activate --listen=$(setting "$3" ListenStream) $program" ;;
  'disable --now '*.socket) stop "$3" ;;
  *) echo "systemctl: $* isn't known here" >&2; exit 1 ;;
esac
`,
} as const;
