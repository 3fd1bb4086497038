# boot.sh ID DIR TREE: boots DIR/disk over TREE in the network namespace ID-relay, until it is off. Mounts go with the process.
set -eu
id=$1 dir=$2 tree=$3
unified=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)
# Also in the hierarchies of version 1, where this machine has any: nspawn makes groups there.
forget() { find /sys/fs/cgroup -depth -type d \( -path "*/$1" -o -path "*/$1/*" \) -exec rmdir {} +; }
# What a killed run left is empty, but nobody took it away.
for old in /sys/fs/cgroup/r4-* /sys/fs/cgroup/*/r4-*; do
  name=${old##*/}
  pid=${name#r4-}
  [ ! -d "$old" ] || [ -d "/proc/${pid%%-*}" ] || forget "$name" || :
done
group=$unified/$id
mkdir "$group"
mkdir -p "$dir/work" "$dir/root"
status=0
# The host's systemd manages control groups below its own; with --keep-unit that is the one that this starts in.
UNIFIED_CGROUP_HIERARCHY=1 unshare --mount --propagation slave -- sh -euc '
echo $$ > "$1/cgroup.procs"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$3/disk,workdir=$3/work" "$3/root"
exec systemd-nspawn --quiet --directory "$3/root" --boot --machine=relay --console=pipe --register=no --keep-unit \
  --capability=CAP_NET_ADMIN --network-namespace-path="/run/netns/$4-relay"
' sh "$group" "$tree" "$dir" "$id" || status=$?
forget "$id"
exit $status
