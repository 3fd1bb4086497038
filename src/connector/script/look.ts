import { UNIT_PREFIX } from '../names.ts';
import { MANAGER } from './package.ts';
import { PRELUDE } from './prelude.ts';

/** Tells what there is, as any user, and changes nothing: the system, cloudflared, and each connector. */
export const LOOK_SCRIPT = `\
${PRELUDE}
${MANAGER}
fact system "$(uname -s)"
fact user "$(id -u)"
[ ! -d /run/systemd/system ] || fact systemd "$(systemctl --version | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p')"
fact manager "$(manager)"
program=$(command -v cloudflared)
if [ -n "$program" ]; then
  fact program "$program"
  fact version "$("$program" --version 2>&1 | sed -n '1s/^cloudflared version \\([^ ]*\\).*/\\1/p')"
  ! reads_token_file "$program" || fact token-file yes
fi
for unit in $(units_of_connectors); do
  name=\${unit##*/}
  id=\${name#${UNIT_PREFIX}}
  id=\${id%.service}
  fact "$id" unit=yes
  TZ=UTC systemctl show -p ActiveState -p SubState -p UnitFileState -p NRestarts -p ActiveEnterTimestamp "$name" |
    sed "s/^/fact $id /"
  port=$(port_of "$unit")
  fact "$id" "port=$port"
  body=$(ready_of "$port")
  [ -z "$body" ] || fact "$id" "ready=$body"
done
exit 0
`;
