/** Where a connector keeps what it needs; the folder is root's alone. */
export const FOLDER = '/etc/reach4/connector';

/** What `install` brought beside the connectors: kind and name in each line. `remove --package` takes it away. */
export const PACKAGE_NOTE = `${FOLDER}/package`;

export const UNITS_FOLDER = '/etc/systemd/system';

/** How the names of all units of connectors begin; what follows is the tunnel's id. */
export const UNIT_PREFIX = 'reach4-connector-';

export const unitName = (tunnelId: string): string => `${UNIT_PREFIX}${tunnelId}.service`;
export const unitFile = (tunnelId: string): string => `${UNITS_FOLDER}/${unitName(tunnelId)}`;
export const tokenFile = (tunnelId: string): string => `${FOLDER}/${tunnelId}.token`;

/**
 * On loopback, for `/ready`: beside the ports that a cloudflared without `--metrics` takes (20241 to 20245,
 * metrics/metrics.go), one for each connector of a machine.
 */
export const METRICS_PORTS = { first: 20_246, last: 20_265 } as const;

/** The first that reads its token from a file (Cloudflare's documentation of `--token-file`). */
export const MIN_CLOUDFLARED = '2025.4.0';

/** The first that gives a unit its credentials (systemd's NEWS, `LoadCredential=`): Debian 11, Ubuntu 22.04, RHEL 9. */
export const MIN_SYSTEMD = 247;
