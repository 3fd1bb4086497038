import { tokenFile, unitFile, unitName } from '../names.ts';
import { CLOUDFLARE_PACKAGES, packageFunctions } from './package.ts';
import { PRELUDE, ROOT_AND_SYSTEMD } from './prelude.ts';

export interface RemoveSettings {
  readonly tunnelId: string;
  /** Take away cloudflared too, where it came with a connector. */
  readonly withPackage: boolean;
}

/** Takes the connector of one tunnel away, as root. Twice does no harm. */
export const removeScript = ({ tunnelId, withPackage }: RemoveSettings): string => `\
${PRELUDE}
${withPackage ? packageFunctions(CLOUDFLARE_PACKAGES) : ''}
name=${unitName(tunnelId)} unit=${unitFile(tunnelId)} token=${tokenFile(tunnelId)}
trap '' PIPE
${ROOT_AND_SYSTEMD}
exec </dev/null
if [ -e "$unit" ] || [ -e "$token" ]; then
  step remove
  [ ! -e "$unit" ] || systemctl -q disable "$name" >&2
  systemctl stop "$name" >&2
  rm -f "$unit" "$token" || fail no-remove "$unit"
  systemctl daemon-reload >&2
  systemctl -q reset-failed "$name" 2>/dev/null
  fact removed yes
else
  fact removed no
fi
${withPackage ? WITH_PACKAGE : '[ ! -f "$note" ] || fact package left'}
rmdir $folder "\${folder%/*}" 2>/dev/null
exit 0
`;

/** Not while anything else on this machine runs it: another connector, or the service that cloudflared makes itself. */
const WITH_PACKAGE = `\
if [ ! -f "$note" ]; then fact package not-ours
elif [ -n "$(units_of_connectors)" ] || systemctl -q is-active cloudflared.service; then fact package in-use
else
  step package
  take_away "$(cat "$note")"
  rm -f "$note"
  if has cloudflared; then fact package still-there; else fact package removed; fi
fi`;
