# boot.sh ID DIR TREE: boots DIR/disk over TREE in the network namespace ID-relay, until it is off. Mounts go with the process.
set -eu
id=$1 dir=$2 tree=$3
unified=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)
# Control groups that a killed run left: they are empty, but nobody took them away.
for old in "$unified"/r4-*; do
  pid=${old##*/r4-}
  [ ! -d "$old" ] || [ -d "/proc/${pid%%-*}" ] || find "$old" -depth -type d -exec rmdir {} + || :
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
find "$group" -depth -type d -exec rmdir {} +
exit $status
