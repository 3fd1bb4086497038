import { PACKAGE_NOTE } from '../names.ts';

/** Where a system's package manager gets cloudflared from. */
export interface Repositories {
  readonly apt: {
    readonly key: string;
    readonly keyFile: string;
    readonly source: string;
    readonly sourceFile: string;
  };
  readonly rpm: { readonly source: string; readonly sourceFile: string };
}

/** As Cloudflare publishes them (cloudflared, release/index.html, which is https://pkg.cloudflare.com). */
export const CLOUDFLARE_PACKAGES: Repositories = {
  apt: {
    key: 'https://pkg.cloudflare.com/cloudflare-main.gpg',
    keyFile: '/usr/share/keyrings/cloudflare-main.gpg',
    source:
      'deb [signed-by=/usr/share/keyrings/cloudflare-main.gpg] https://pkg.cloudflare.com/cloudflared any main',
    sourceFile: '/etc/apt/sources.list.d/cloudflared.list',
  },
  rpm: {
    source: 'https://pkg.cloudflare.com/cloudflared.repo',
    sourceFile: '/etc/yum.repos.d/cloudflared.repo',
  },
};

/** Which package manager there is, of those that Cloudflare publishes for. */
export const MANAGER = `\
manager() { for each in apt-get dnf yum; do ! has "$each" || { printf '%s\\n' "$each"; return 0; }; done; return 1; }
`;

/** Seconds that another package manager at work is waited for, and that a download may take. */
const LOCK_S = 120;
const DOWNLOAD_S = 60;

/**
 * Shell functions that bring cloudflared and take it away again. What is there already is neither replaced nor
 * taken away: `$brought` names what these brought, a line each.
 */
export const packageFunctions = ({ apt, rpm }: Repositories): string => `\
${MANAGER}brought=''
bring_file() { brought="$brought
file $1"; }
download() {
  if has curl; then curl -fsSL -m ${DOWNLOAD_S} -o "$2" "$1"
  elif has wget; then wget -q -T ${DOWNLOAD_S} -O "$2" "$1"
  else /usr/lib/apt/apt-helper download-file "$1" "$2"; fi >&2
}
bring() {
  [ ! -e "$2" ] || return 0
  mkdir -p "$(dirname "$2")" && download "$1" "$work/download" && [ -s "$work/download" ] || return 1
  bring_file "$2"
  cp "$work/download" "$2" && chmod 644 "$2"
}
apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=${LOCK_S} "$@" >&2; }
install_package() {
  case $(manager) in
  apt-get)
    bring ${apt.key} ${apt.keyFile} || fail no-key ${apt.key}
    if [ ! -e ${apt.sourceFile} ]; then
      bring_file ${apt.sourceFile}
      printf '%s\\n' '${apt.source}' > ${apt.sourceFile} && chmod 644 ${apt.sourceFile} || fail no-source ${apt.sourceFile}
    fi
    # This source alone: others that are out of order are no hindrance. Without the mode, a failure is only a warning.
    apt -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist=${apt.sourceFile} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update ||
      fail no-update
    brought="$brought
apt cloudflared"
    apt --no-install-recommends install cloudflared || fail no-package
    ;;
  dnf | yum)
    bring ${rpm.source} ${rpm.sourceFile} || fail no-source ${rpm.source}
    brought="$brought
rpm cloudflared"
    "$(manager)" -q -y install cloudflared >&2 || fail no-package
    ;;
  *) fail no-manager ;;
  esac
}
# The lines of what was brought: packages first, then files.
take_away() {
  for kind in apt rpm file; do
    printf '%s\\n' "$1" | sed -n "s/^$kind //p" | while read -r each; do
      case $kind in
      apt) apt purge "$each" ;;
      rpm) "$(manager)" -q -y remove "$each" >&2 ;;
      file) rm -f "$each" ;;
      esac
    done
  done
}
`;

/** Leaves a note of what was brought; an earlier one goes on to hold. */
export const NOTE_BROUGHT = `\
[ -z "$brought" ] || printf '%s\\n' "$brought" | sed '/^$/d' >> ${PACKAGE_NOTE}
`;
