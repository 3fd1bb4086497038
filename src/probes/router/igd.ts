import { familyOf, parseAddress } from '../../model/address.ts';
import type { Reason } from '../../model/evidence.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Budget } from './budget.ts';
import { type Control, type Description, readDescription } from './description.ts';
import { discover } from './discover.ts';
import { callAction } from './soap.ts';

/** Bytes; descriptions of routers have about 5 KiB. */
const MAX_DESCRIPTION = 65_536;
/** ms for one request, so that what follows still has time; routers on slow processors take half of it. */
const REQUEST_TIMEOUT = 1_000;
/** Characters of a ConnectionStatus and of an address as told. */
const WORD_LENGTH = 60;

/** One connection service of the router's, with what it says of itself. */
interface Connection {
  readonly location: string;
  readonly device: string | null;
  readonly control: Control;
  readonly status: string | null;
  /** NewExternalIPAddress as told; null where the call failed. */
  readonly told: string | null;
  /** The same, if it is an IPv4 address other than 0.0.0.0. */
  readonly external: string | null;
}

type Found =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly reason: Reason };

/** Finds the gateway's UPnP description and the connection in it that is in use. */
export async function findConnection(
  where: { readonly gateway: string; readonly multicast: boolean },
  budget: Budget,
  ports: Ports,
  signal: AbortSignal,
): Promise<Found> {
  const discovered = await discover(where, budget, ports, signal);
  if (!discovered.ok) return discovered;
  let failed: Found = { ok: false, reason: { code: 'timed-out' } };
  for (const location of discovered.locations) {
    const description = await describe(location, budget, ports, signal);
    const found =
      'code' in description
        ? { ok: false as const, reason: description }
        : await choose(location, description, budget, ports, signal);
    if (found.ok) return found;
    failed = found;
  }
  return failed;
}

async function describe(
  location: string,
  budget: Budget,
  ports: Ports,
  signal: AbortSignal,
): Promise<Description | Reason> {
  const result = await ports.net.http(
    {
      url: location,
      method: 'GET',
      headers: {},
      timeoutMs: budget.left(REQUEST_TIMEOUT),
      maxBytes: MAX_DESCRIPTION,
    },
    signal,
  );
  if (!result.ok) return result.reason;
  if (result.status !== 200)
    return { code: 'malformed', detail: `status ${result.status} for its description` };
  const description = readDescription(result.body, new URL(location));
  return typeof description === 'string' ? { code: 'malformed', detail: description } : description;
}

/** Asks every service for its state: the connected one counts, then the one that has an address, then the first. */
async function choose(
  location: string,
  { device, controls }: Description,
  budget: Budget,
  ports: Ports,
  signal: AbortSignal,
): Promise<Found> {
  const limits = { timeoutMs: budget.left(REQUEST_TIMEOUT), signal };
  const asked = await Promise.all(
    controls.map(async (control) => {
      const [state, address] = await Promise.all([
        callAction(control, 'GetStatusInfo', {}, ports, limits),
        callAction(control, 'GetExternalIPAddress', {}, ports, limits),
      ]);
      const status = state.kind === 'done' ? word(state.values.get('newconnectionstatus')) : null;
      const told = address.kind === 'done' ? word(address.values.get('newexternalipaddress')) : null;
      const connection = { location, device, control, status, told, external: externalOf(told) };
      // An error in the router's own words is an answer.
      const failed = state.kind === 'failed' && address.kind === 'failed' ? address.reason : null;
      return { connection, failed };
    }),
  );
  const answering = asked.filter(({ failed }) => failed === null).map(({ connection }) => connection);
  const best =
    answering.find(({ status }) => status?.toLowerCase() === 'connected') ??
    answering.find(({ external }) => external !== null) ??
    answering[0];
  if (best !== undefined) return { ok: true, connection: best };
  return { ok: false, reason: asked[0]?.failed ?? { code: 'timed-out' } };
}

const word = (text: string | undefined): string | null =>
  text === undefined ? null : plainText(text, WORD_LENGTH);

function externalOf(told: string | null): string | null {
  const address = told === null ? null : parseAddress(told);
  return address === null || address === '0.0.0.0' || familyOf(address) !== 'ipv4' ? null : address;
}
