# build.sh DIR PACKAGE...: makes DIR/tree, a Debian as clouds boot it, and DIR/repository, which holds what the packages need
# beyond that. The mirror is the one that this machine's apt uses.
set -eu
dir=$1
shift
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
tree=$dir/tree
repository=$dir/repository
own=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror() { apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' | sed -n "s/^$own main //p" | head -n 1; }
mirror=$(mirror)
# Without lists apt doesn't know which suite is where.
[ -n "$mirror" ] || { apt-get -q update; mirror=$(mirror); }
[ -n "$mirror" ] || { echo "apt on this machine has no mirror of $own." >&2; exit 1; }

# The newest suite that can be had; a new Debian needs a debootstrap that knows it.
for suite in trixie "$own"; do
  rm -rf "$tree"
  debootstrap --variant=minbase --include=systemd-sysv,dbus,iproute2 "$suite" "$tree" "$mirror" && break
  [ "$suite" != "$own" ] || exit 1
done
echo "$suite" > "$dir/suite"

inside() { unshare --mount --pid --fork -- sh -euc 'tree=$1; shift; mount -t proc proc "$tree/proc"; exec chroot "$tree" "$@"' sh "$tree" "$@"; }
resolvable() { rm -f "$tree/etc/resolv.conf"; cp -L /etc/resolv.conf "$tree/etc/resolv.conf"; }

printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
chmod 755 "$tree/usr/sbin/policy-rc.d"
resolvable
echo "deb $mirror $suite main" > "$tree/etc/apt/sources.list"
inside apt-get -q update
inside apt-get -q -y --no-install-recommends install ca-certificates cloud-init openssh-server systemd-resolved
resolvable
mkdir "$tree/repository"
inside apt-get -q -y --no-install-recommends --download-only -o APT::Sandbox::User=root -o Dir::Cache::archives=/repository install "$@"
rm -rf "$tree/repository/partial" "$tree/repository/lock"
mv "$tree/repository" "$repository"
(
  cd "$repository"
  for file in *.deb; do
    dpkg-deb --field "$file"
    echo "Filename: ./$file"
    echo "Size: $(stat -c %s "$file")"
    echo "SHA256: $(sha256sum "$file" | cut -d ' ' -f 1)"
    echo
  done > Packages
)

inside apt-get clean
rm -rf "$tree"/var/lib/apt/lists/* "$tree/usr/sbin/policy-rc.d" "$tree/etc/apt/sources.list" "$tree/etc/resolv.conf"
ln -s ../run/systemd/resolve/stub-resolv.conf "$tree/etc/resolv.conf"
# A host of its own, as any image: systemd gives it an identity.
echo uninitialized > "$tree/etc/machine-id"
