import { parseAgentUrl } from '../../../agent/url.ts';
import { UserError } from '../../../model/error.ts';
import { readPort } from '../../../model/port.ts';
import { relaySettingsSchema } from '../../../model/relay.ts';
import type { RelayDns, RelayHost } from '../../../model/relay-plan.ts';

/** What `reach4 plan --remedy relay` is told; null or empty where nothing was said. */
export interface RelayOptions {
  readonly host: RelayHost['kind'] | null;
  readonly region: string | null;
  readonly size: string | null;
  /** As typed: see `parseService`. */
  readonly services: readonly string[];
  /** Ports of services whose origin gets the client's address by the PROXY protocol; as typed. */
  readonly proxyProtocol: readonly string[];
  readonly dns: RelayDns['provider'] | null;
  readonly rebootAt: string | null;
  /** An agent's URL. */
  readonly outside: string | null;
  /** Print the rights that are needed at AWS, and nothing else. */
  readonly iamPolicy: boolean;
}

export const NO_RELAY_OPTIONS: RelayOptions = {
  host: null,
  region: null,
  size: null,
  services: [],
  proxyProtocol: [],
  dns: null,
  rebootAt: null,
  outside: null,
  iamPolicy: false,
};

/** Night in Europe and Africa, evening in America: somebody's quiet hour. UTC. */
const REBOOT_AT = '04:30';

/** @throws UserError */
export function readRebootAt(given: string | null, earlier: string | null): string {
  if (given === null) return earlier ?? REBOOT_AT;
  if (relaySettingsSchema.shape.rebootAt.safeParse(given).success) return given;
  throw new UserError(`--reboot-at "${given}" is no time of the day; expected one in UTC such as 04:30.`);
}

/** @throws UserError */
export const readOutside = (given: string | null, earlier: string | null): string | null =>
  given === null ? earlier : parseAgentUrl(given);

/** @throws UserError */
export function readPorts(given: readonly string[]): number[] {
  return given.map((text) => {
    const port = readPort(text);
    if (port !== null) return port;
    throw new UserError(
      `--proxy-protocol "${text}" is no port; expected that of a service of the relay, such as 443.`,
    );
  });
}
