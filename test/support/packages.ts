import { existsSync } from 'node:fs';
import { execa } from 'execa';

/** Debian's packages that tests need, each with one of its programs. */
const PACKAGES = {
  /** What the lab runs. */
  lab: {
    bind9: '/usr/sbin/named',
    'bind9-dnsutils': '/usr/bin/dig',
    coturn: '/usr/bin/turnserver',
    curl: '/usr/bin/curl',
    dbus: '/usr/bin/dbus-daemon',
    'dnsmasq-base': '/usr/sbin/dnsmasq',
    firewalld: '/usr/sbin/firewalld',
    haproxy: '/usr/sbin/haproxy',
    iproute2: '/usr/sbin/ip',
    iptables: '/usr/sbin/iptables-legacy',
    'libnginx-mod-stream': '/usr/lib/nginx/modules/ngx_stream_module.so',
    miniupnpc: '/usr/bin/upnpc',
    miniupnpd: '/usr/sbin/miniupnpd',
    'miniupnpd-nftables': '/usr/sbin/miniupnpd',
    natpmpc: '/usr/bin/natpmpc',
    nftables: '/usr/sbin/nft',
    nginx: '/usr/sbin/nginx',
    'openssh-client': '/usr/bin/ssh-keyscan',
    'openssh-server': '/usr/sbin/sshd',
    openssl: '/usr/bin/openssl',
    'perl-base': '/usr/bin/perl',
    procps: '/usr/sbin/sysctl',
    shellcheck: '/usr/bin/shellcheck',
    socat: '/usr/bin/socat',
    systemd: '/usr/bin/systemd-socket-activate',
    tcpdump: '/usr/bin/tcpdump',
    traceroute: '/usr/sbin/traceroute',
    ufw: '/usr/sbin/ufw',
    unbound: '/usr/sbin/unbound',
    'util-linux': '/usr/bin/nsenter',
  },
  /** A Debian that boots. */
  'relay-host': {
    debootstrap: '/usr/sbin/debootstrap',
    gnupg: '/usr/bin/gpg',
    'systemd-container': '/usr/bin/systemd-nspawn',
    'util-linux': '/usr/bin/nsenter',
  },
  /** Shells that a printed script has to run in. */
  shells: {
    busybox: '/usr/bin/busybox',
    dash: '/usr/bin/dash',
    shellcheck: '/usr/bin/shellcheck',
    zsh: '/usr/bin/zsh',
  },
  /** Servers whose configuration the remedies change. */
  servers: {
    apache2: '/usr/sbin/apache2',
    caddy: '/usr/bin/caddy',
    haproxy: '/usr/sbin/haproxy',
    lighttpd: '/usr/sbin/lighttpd',
    nginx: '/usr/sbin/nginx',
    openssl: '/usr/bin/openssl',
    'openssh-server': '/usr/sbin/sshd',
  },
  /** Other relays, and what measures them. */
  bench: {
    '6tunnel': '/usr/bin/6tunnel',
    curl: '/usr/bin/curl',
    haproxy: '/usr/sbin/haproxy',
    iproute2: '/usr/sbin/ip',
    'libnginx-mod-stream': '/usr/lib/nginx/modules/ngx_stream_module.so',
    nginx: '/usr/sbin/nginx',
    sniproxy: '/usr/sbin/sniproxy',
    socat: '/usr/bin/socat',
    wrk: '/usr/bin/wrk',
  },
  /** Real peers for the ports: certificates, and a server with host keys. */
  peers: {
    openssl: '/usr/bin/openssl',
    'openssh-server': '/usr/sbin/sshd',
    'openssh-client': '/usr/bin/ssh-keygen',
  },
  /** What a machine that is asked by SSH may have to look with. */
  outside: {
    'bind9-dnsutils': '/usr/bin/dig',
    busybox: '/usr/bin/busybox',
    curl: '/usr/bin/curl',
    iproute2: '/usr/sbin/ip',
    ncat: '/usr/bin/ncat',
    'netcat-openbsd': '/usr/bin/nc.openbsd',
    'netcat-traditional': '/usr/bin/nc.traditional',
    nftables: '/usr/sbin/nft',
    'openssh-client': '/usr/bin/ssh-keyscan',
    'openssh-server': '/usr/sbin/sshd',
    openssl: '/usr/bin/openssl',
    shellcheck: '/usr/bin/shellcheck',
    traceroute: '/usr/sbin/traceroute',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;
type Purpose = keyof typeof PACKAGES;

/**
 * Debian asks policy-rc.d whether a package may start its service (invoke-rc.d(8)); 101 means "not allowed". One that is
 * there already is the machine's own and stays. A shell does all this, so that the file goes even if this process is
 * killed meanwhile. Lists of packages that are missing or old are why installing fails first: refresh them once.
 */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if (set -C; echo '#!/bin/sh' > "$policy") 2> /dev/null; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  echo 'exit 101' >> "$policy"
  chmod 755 "$policy"
fi
install() { timeout $limit apt-get install --yes --no-install-recommends "$@"; }
limit=$1
shift
install "$@" || { timeout $limit apt-get update && install "$@"; }
`;

/** s; a slow mirror takes about a minute for 10 MB, three times that means that there is none. */
const APT_TIMEOUT = '180';

const ensured = new Map<Purpose, Promise<string | undefined>>();

/**
 * Installs what is needed for the purpose and missing on this machine, once in a process.
 * @returns why that can't be had here, as one sentence, or nothing.
 */
export function ensurePackages(purpose: Purpose): Promise<string | undefined> {
  const already = ensured.get(purpose);
  if (already !== undefined) return already;
  const now = ensure(purpose);
  ensured.set(purpose, now);
  return now;
}

async function ensure(purpose: Purpose): Promise<string | undefined> {
  const isRoot = process.geteuid?.() === 0;
  if (purpose === 'lab' && process.platform !== 'linux') {
    return `The lab needs Linux, because it is built from network namespaces; this is ${process.platform}.`;
  }
  if (purpose === 'lab' && !isRoot) {
    return 'The lab needs root, because it makes network namespaces: run it as root, or with sudo.';
  }
  const missing = missingPackages(purpose);
  if (missing.length === 0) return undefined;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    return `${missing.join(', ')} must be installed, and only root on Debian can do that here.`;
  }
  const { all } = await execa('sh', ['-c', INSTALL, 'lab', APT_TIMEOUT, ...missing], {
    all: true,
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    reject: false,
  });
  const still = missingPackages(purpose);
  if (still.length === 0) return undefined;
  const reason = all.trim().split('\n').at(-1) ?? '';
  return `${still.join(', ')} must be installed, and apt-get could not: ${reason}`;
}

function missingPackages(purpose: Purpose): string[] {
  return Object.entries(PACKAGES[purpose]).flatMap(([name, program]) => (existsSync(program) ? [] : [name]));
}
