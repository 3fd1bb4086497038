/** s; as the attempts of a look from here have, so that each sends three SYNs (RFC 6298: after 0, 1 and 3 s). */
const CONNECT_S = 4;
/** s that a program has on top of its own time-out: when that is over, it hangs. */
const SPARE_S = 2;
/** s; connection, handshake and first answer of a small machine on a slow line. */
const WHO_S = 4;
/** Bytes of an answer over HTTP that are brought back: 64 KiB of a body, as for every look, and the head before it. */
const HTTP_BYTES = 72 * 1024;
/** Bytes of a greeting that count: one line (RFC 5321 allows 512). */
const BANNER_BYTES = 1024;
/** Characters of a line: a write of up to 512 bytes to a pipe is not mixed with others (POSIX, PIPE_BUF). */
const LINE = 400;
const COMPLAINT = 300;
/** s; a traceroute sends all packets at once and waits for one second. */
const TRACE_S = 3;

/**
 * What a look does, as functions: a service's attempts and who answers there, a way, a question for DNS. What connects is
 * bash, else curl, else one of the programs that are called `nc`; each says in its own words how it went, in the C locale.
 */
export const LOOKING = `\
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C LANG=C
export PATH LC_ALL LANG
say() { printf '%s %s\\n' "$mark" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
# Each line that comes in, with the marker and what it is.
tell() {
  while IFS= read -r line || [ -n "$line" ]; do printf '%s %s %.${LINE}s\\n' "$mark" "$*" "$line"; done
}
hex() { od -An -v -tx1 -N "$1"; }
# One command for so many seconds at most; 143 where it had to be ended.
limited() {
  seconds=$1
  shift
  "$@" & child=$!
  ( sleep "$seconds"; kill -TERM "$child" ) >/dev/null 2>&1 & guard=$!
  wait "$child"; code=$?
  kill -TERM "$guard" 2>/dev/null
  return "$code"
}
# Milliseconds: of GNU date, else since the system started, else whole seconds.
case $(date +%s%N 2>/dev/null) in
'' | *[!0-9]*)
  if [ -r /proc/uptime ]; then
    now() { read -r up _ </proc/uptime; echo $(( \${up%.*} * 1000 + (1\${up#*.} - 100) * 10 )); }
  else
    now() { echo "$(date +%s)000"; }
  fi ;;
*)
  now() { nanoseconds=$(date +%s%N); echo "\${nanoseconds%??????}"; } ;;
esac

# Which of the programs called nc this is. Traditional ones know no IPv6.
netcat() {
  nc=$*
  case $("$@" -h 2>&1; "$@" --help 2>&1) in
  *BusyBox*'-e PROG'*) tool=busybox-e ;;
  *BusyBox*) tool=busybox ;;
  *Ncat*) tool=ncat ;;
  *OpenBSD*) tool=nc ;;
  *-z*) tool=nc-4 ;;
  esac
}
tool='' nc=''
if have bash; then
  # Some are built without /dev/tcp; this asks nobody but the machine itself.
  case $(bash -c ': 3<>/dev/tcp/127.0.0.1/9' 2>&1) in *'No such file'*) ;; *) tool=bash ;; esac
fi
[ -z "$tool" ] && have curl && case $(curl -q -V) in *telnet*) tool=curl ;; esac
[ -z "$tool" ] && have nc && netcat nc
case $tool in '' | nc-4) have ncat && netcat ncat ;; esac
[ -z "$tool" ] && have busybox && busybox nc --help 2>&1 | grep -q BusyBox && netcat busybox nc
say tool "$tool"

# ADDRESS HOST PORT
dial() {
  case $tool in
  bash) limited ${CONNECT_S} bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$3" ;;
  curl)
    limited ${CONNECT_S + SPARE_S} curl -q -g --noproxy '*' -sv -o /dev/null --connect-timeout ${CONNECT_S} \\
      --max-time ${CONNECT_S + 1} -w ' took=%{time_connect} from=%{local_port}' "telnet://$2:$3" ;;
  busybox-e) limited ${CONNECT_S + SPARE_S} $nc -w ${CONNECT_S} "$1" "$3" -e true ;;
  busybox) limited ${CONNECT_S + SPARE_S} $nc -w ${CONNECT_S} "$1" "$3" ;;
  *) limited ${CONNECT_S + SPARE_S} $nc -nvz -w ${CONNECT_S} "$1" "$3" ;;
  esac
}
# Whether the machine has a way there at all: if so, what is said of the network comes from the network.
route() {
  have ip || { echo unknown; return; }
  if ip route get "$1" >/dev/null 2>&1; then echo yes; else echo no; fi
}
# KEY ADDRESS HOST PORT; succeeds where it connects.
attempt() {
  begun=$(now)
  text=$(dial "$2" "$3" "$4" 2>&1); result=$?
  ended=$(now)
  text=$(printf '%s' "$text" | tr '\\n\\r' '  ' | tail -c ${COMPLAINT})
  say try "$1" "$tool" "$result" $(( ended - begun )) "$(route "$2")" "$text"
  case $tool:$result:$text in
  curl:*took=0.000000*) return 1 ;;
  curl:*took=* | busybox:143:*) return 0 ;;
  esac
  return "$result"
}
pause() { sleep "$1" 2>/dev/null || :; }
# KEY ADDRESS HOST PORT: three attempts, a moment apart, and who answers.
service() {
  [ -n "$tool" ] || return
  ( pause 0.15; attempt "$@" ) & second=$!
  ( pause 0.3; attempt "$@" ) & third=$!
  attempt "$@"; first=$?
  [ "$first" != 0 ] || who "$@"
  wait "$second"; second=$?
  wait "$third"; third=$?
  [ "$first" = 0 ] && return
  if [ "$second" = 0 ] || [ "$third" = 0 ]; then who "$@"; fi
}
certificates() { sed -n '/^-----BEGIN CERT/,/^-----END CERT/p' | tell tls "$1"; }
# KEY ADDRESS HOST PORT
who() {
  case $protocol in
  tls)
    if have openssl; then
      limited ${WHO_S} openssl s_client -connect "$3:$4" \${name:+-servername "$name"} -showcerts | certificates "$1"
    elif have curl; then
      limited ${WHO_S + SPARE_S} curl -q -g --noproxy '*' -skI -o /dev/null --max-time ${WHO_S} -w '%{certs}' \\
        --connect-to "::$3:$4" "https://\${name:-$3}:$4/" | certificates "$1"
    fi ;;
  ssh)
    have ssh-keyscan || return
    limited ${WHO_S + SPARE_S} ssh-keyscan -T ${WHO_S} -t ed25519,ecdsa,rsa -p "$4" "$2" 2>&1 |
      sed 's/^/>/' | fold -w ${COMPLAINT} | tell ssh "$1" ;;
  http)
    have curl && have od || return
    at=:$4
    [ "$4" != 80 ] || at=''
    limited ${WHO_S + SPARE_S} curl -q -g --noproxy '*' -si --http1.1 --path-as-is --max-time ${WHO_S} -A reach4 \\
      -H 'Accept: */*' -H 'Connection: close' -H "Host: \${name:-$3}$at" "http://$3:$4$path" |
      hex ${HTTP_BYTES} | tell http "$1" ;;
  tcp)
    have od || return
    if [ "$tool" = bash ]; then
      limited 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" && exec head -n 1 <&3' "$2" "$4" | hex ${BANNER_BYTES} | tell banner "$1"
    elif [ -n "$nc" ]; then
      sleep 2 | limited 3 $nc "$2" "$4" | head -n 1 | hex ${BANNER_BYTES} | tell banner "$1"
    fi ;;
  esac
}
# NUMBER ARGUMENT…
way() {
  number=$1
  shift
  if ! have traceroute; then say trace "$number" missing; return; fi
  { limited ${TRACE_S} traceroute "$@" 2>&1; echo "exit $?"; } | tell trace "$number"
}
# NAME TYPE
ask() {
  if ! have dig; then say dig "$2" missing; return; fi
  limited ${WHO_S + SPARE_S} dig +time=2 +tries=2 "$1" "$2" | tell dig "$2"
}
`;
