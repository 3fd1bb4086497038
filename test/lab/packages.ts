import { existsSync } from 'node:fs';
import { execa } from 'execa';

/** The Debian packages whose programs the lab runs, each with one of its programs. */
const PACKAGES: Readonly<Record<string, string>> = {
  bind9: '/usr/sbin/named',
  'bind9-dnsutils': '/usr/bin/dig',
  curl: '/usr/bin/curl',
  iproute2: '/usr/sbin/ip',
  nftables: '/usr/sbin/nft',
  openssl: '/usr/bin/openssl',
  'util-linux': '/usr/bin/nsenter',
};

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

let ensured: Promise<string | undefined> | undefined;

/**
 * Installs what the lab needs and the machine lacks.
 * @returns why the lab can't run here, as one sentence, or nothing.
 */
export function ensurePackages(): Promise<string | undefined> {
  ensured ??= ensure();
  return ensured;
}

async function ensure(): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return `The lab needs Linux, because it is built from network namespaces; this is ${process.platform}.`;
  }
  if (process.geteuid?.() !== 0) {
    return 'The lab needs root, because it makes network namespaces: run it as root, or with sudo.';
  }
  const missing = missingPackages();
  if (missing.length === 0) return undefined;
  if (!existsSync('/usr/bin/apt-get')) {
    return `The lab needs ${missing.join(', ')}, and there is no apt-get to install them with.`;
  }
  const { all } = await execa('sh', ['-c', INSTALL, 'lab', APT_TIMEOUT, ...missing], {
    all: true,
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    reject: false,
  });
  const still = missingPackages();
  if (still.length === 0) return undefined;
  const reason = all.trim().split('\n').at(-1) ?? '';
  return `The lab needs ${still.join(', ')}, and apt-get could not install them: ${reason}`;
}

function missingPackages(): string[] {
  return Object.keys(PACKAGES).filter((name) => !existsSync(PACKAGES[name] ?? ''));
}
