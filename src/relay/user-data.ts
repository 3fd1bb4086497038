import { UserError } from '../model/error.ts';
import { type RelaySettings, relaySettingsSchema } from '../model/relay.ts';
import { refusals } from './check.ts';
import { type HostFile, hostFiles } from './files.ts';
import { LIMITS } from './limits.ts';
import { type Refusal, refusalSentence } from './refusal.ts';

/** Ends a file within the script; no file has such a line. */
const END = 'END-OF-FILE';

/**
 * The script that makes a fresh Debian a relay, as user data: POSIX shell, run once by root; run again, it changes nothing.
 * @throws UserError where the settings are refused.
 */
export function userData(settings: RelaySettings): string {
  const checked = relaySettingsSchema.parse(settings);
  const text = script(checked);
  const [refusal] = [...refusals(checked), ...tooLarge(text)];
  if (refusal !== undefined) throw new UserError(refusalSentence(refusal));
  return text;
}

/** Everything that is wrong with the settings, the size of what follows from them included. */
export function allRefusals(settings: RelaySettings): Refusal[] {
  return [...refusals(settings), ...tooLarge(script(settings))];
}

function tooLarge(text: string): Refusal[] {
  const bytes = Buffer.byteLength(text);
  return bytes <= LIMITS.userData ? [] : [{ code: 'too-large', bytes, most: LIMITS.userData }];
}

function script(settings: RelaySettings): string {
  const udp = settings.services.some(({ kind }) => kind === 'udp');
  const packages = [
    'haproxy',
    'unbound',
    'dns-root-data',
    'socat',
    'nftables',
    'unattended-upgrades',
    ...(udp ? ['nginx', 'libnginx-mod-stream'] : []),
  ];
  const units = ['unbound', 'unbound-filter', 'haproxy', ...(udp ? ['nginx'] : [])];
  return `#!/bin/sh
# Makes this host a relay. Every step may be repeated.
set -eu
umask 022
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
step=start
say() { echo "relay: $*"; logger -t relay -- "$*" || :; }
policy=/usr/sbin/policy-rc.d
ended() {
  status=$?
  rm -f "$policy"
  [ "$status" -eq 0 ] || say "failed with status $status at: $step"
}
trap ended EXIT
begin() { step=$*; say "$*"; }
put() {
  for file; do mkdir -p "\${file%/*}"; done
  tee "$@" > /dev/null
}
try() {
  left=60
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 5
  done
}
apt() { apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"; }

begin 'no SSH'
systemctl disable --now ssh.socket ssh.service > /dev/null 2>&1 || :
systemctl mask ssh.socket ssh.service unbound-resolvconf.service

begin 'packages'
ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime
printf '#!/bin/sh\\nexit 101\\n' > "$policy"
chmod 755 "$policy"
try apt -o APT::Update::Error-Mode=any update
try apt -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install ${packages.join(' ')}
rm -f "$policy"

begin 'files'
${hostFiles(settings).map(write).join('\n')}
if [ -e /run/systemd/resolve/resolv.conf ]; then
  systemctl restart systemd-resolved
  ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf
fi
systemctl daemon-reload
systemctl restart systemd-journald
sysctl -q -p /etc/sysctl.d/90-relay.conf || say 'not every kernel setting was taken'

begin 'validation'
unbound-checkconf > /dev/null
unbound-checkconf /etc/unbound/filter.conf > /dev/null
haproxy -c -q -f /etc/haproxy/haproxy.cfg
nft -c -f /etc/nftables.conf
${udp ? 'nginx -t -q\n' : ''}
begin 'services'
systemctl enable nftables ${units.join(' ')}
systemctl restart nftables
systemctl restart ${units.join(' ')}
systemctl restart apt-daily.timer apt-daily-upgrade.timer
sleep 3
for unit in nftables ${units.join(' ')}; do systemctl is-active --quiet "$unit" || (say "$unit doesn't run"; exit 1); done
step=end
say ready
`;
}

const write = ({ paths, text }: HostFile): string => `put ${paths.join(' ')} << '${END}'\n${text}${END}`;
