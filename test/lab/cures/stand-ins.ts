/** Where the stand-ins keep what runs: process ids, timers, and how a unit is started. */
const UNITS = 'units=$(dirname "$0")/units';

/**
 * systemd isn't the first process of a namespace, so that its programs can't reach it. These do what the remedies ask
 * of it and nothing else: what they don't know is an error, never passed over.
 */
export const STAND_INS = {
  /** Starts a command in the background; with `--on-…` it only notes the timer, which no test waits for. */
  'systemd-run': `#!/bin/sh -eu
${UNITS} unit= timer=
while :; do
  case $1 in
    --user) shift ;;
    --unit) unit=$2; shift 2 ;;
    --on-active=* | --on-unit-active=*) timer=yes; shift ;;
    -*) echo "systemd-run: $1 isn't known here" >&2; exit 1 ;;
    *) break ;;
  esac
done
command -v "$1" > /dev/null
if [ -n "$timer" ]; then : > "$units/$unit.timer"; exit; fi
setsid "$@" < /dev/null > "$units/$unit.log" 2>&1 &
echo $! > "$units/$unit.pid"
`,
  systemctl: `#!/bin/sh -eu
${UNITS}
[ "$1" != --user ] || shift
stop() {
  pid=$(cat "$units/$1.pid")
  kill "$pid"
  while kill -0 "$pid" 2> /dev/null; do sleep 0.05; done
  rm "$units/$1.pid"
}
case $1 in
  stop)
    case $2 in
      *.timer) rm "$units/$2" ;;
      *) stop "$2" ;;
    esac ;;
  restart)
    [ -f "$units/$2.start" ] || { echo "systemctl: there is no unit $2 here" >&2; exit 5; }
    [ ! -f "$units/$2.pid" ] || stop "$2"
    setsid sh -c "exec $(cat "$units/$2.start")" < /dev/null > "$units/$2.log" 2>&1 &
    echo $! > "$units/$2.pid" ;;
  *) echo "systemctl: $1 isn't known here" >&2; exit 1 ;;
esac
`,
} as const;
