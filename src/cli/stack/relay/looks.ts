import { bracketed, isPublic } from '../../../model/address.ts';
import type { Diagnosis } from '../../../model/diagnosis.ts';
import { isDefinite } from '../../../model/dns-answer.ts';
import type { Identity } from '../../../model/identity.ts';
import type { Origin, RelayService } from '../../../model/relay.ts';
import { clientAddresses, control } from '../../../model/view/service.ts';
import type { DnsQuestion, ServiceHint } from '../../../ports/ports.ts';
import { type TakesProxy, takesProxyProtocol } from '../../../probes/proxy-protocol.ts';
import { type Beside, HTTP } from '../../../remedies/relay/default-services.ts';
import type { StackContext } from '../context.ts';

/** ms; connection and first answer of a small machine. */
const LOOK_MS = 5_000;
/** Bytes: only the head of the answer is wanted. */
const HEAD_BYTES = 4_096;

/** What the server has beside the service of the diagnosis, seen from here over IPv6. */
export async function lookBeside(diagnosis: Diagnosis, { ports, signal }: StackContext): Promise<Beside> {
  const { host, hostKind, port, protocol, path } = diagnosis.target;
  const [address] = clientAddresses(diagnosis, 'ipv6').filter(isPublic);
  if (address === undefined || hostKind !== 'name' || protocol !== 'tls' || port !== 443) {
    return { http: false, http3: false };
  }
  const hint: ServiceHint = { protocol: 'http', name: host, path: '/' };
  const [web, secure] = await Promise.all([
    ports.net.identify(address, HTTP, hint, LOOK_MS, signal),
    ports.net.http(
      {
        url: `https://${host}${path}`,
        method: 'GET',
        headers: {},
        family: 'ipv6',
        timeoutMs: LOOK_MS,
        maxBytes: HEAD_BYTES,
      },
      signal,
    ),
  ]);
  return { http: web.kind === 'http', http3: secure.ok && offersHttp3(secure.headers['alt-svc']) };
}

/** Alt-Svc names the protocols by their ALPN ids: `h3=":443"` (RFC 7838, RFC 9114). */
const offersHttp3 = (header: string | string[] | undefined): boolean =>
  [header ?? []].flat().some((text) => /(?:^|[\s,])h3(?:-\d+)?="/u.test(text));

/** The addresses of a name, as the system's resolvers say now; null where none could be asked. */
export async function resolved(
  name: string,
  type: 'A' | 'AAAA',
  context: StackContext,
): Promise<readonly string[] | null> {
  return askResolvers(name, context, async (question, { ports, signal }) => {
    const answer = await ports.dns.ask({ ...question, type }, signal);
    return isDefinite(answer) ? answer.addresses.map(({ address }) => address) : null;
  });
}

/** What the first of the system's resolvers says that says anything; null where none does. */
export async function askResolvers<Told>(
  name: string,
  context: StackContext,
  ask: (question: Omit<DnsQuestion, 'type'>, context: StackContext) => Promise<Told | null>,
): Promise<Told | null> {
  for (const server of await context.ports.dns.resolvers()) {
    const told = await ask({ server, name, recurse: true, timeoutMs: LOOK_MS }, context);
    if (told !== null) return told;
  }
  return null;
}

/** Where an origin is now; null where that couldn't be asked. */
export const addressesOf = async (
  { host }: Pick<Origin, 'host'>,
  context: StackContext,
): Promise<readonly string[] | null> => (host.includes(':') ? [host] : resolved(host, 'AAAA', context));

/** Whether the origin of a service takes the PROXY protocol, seen from here over IPv6. */
export async function takesProxy(
  service: Exclude<RelayService, { kind: 'udp' }>,
  diagnosis: Diagnosis,
  context: StackContext,
): Promise<TakesProxy> {
  const [address] = (await addressesOf(service.origin, context)) ?? [];
  if (address === undefined) return 'unknown';
  const question = {
    address,
    port: service.origin.port,
    hint: hintFor(service, diagnosis),
    known: known(service, diagnosis),
  };
  return takesProxyProtocol(question, context.ports.net, context.signal);
}

function hintFor(service: Exclude<RelayService, { kind: 'udp' }>, { target }: Diagnosis): ServiceHint {
  const [name = null] =
    'names' in service ? service.names : [target.hostKind === 'name' ? target.host : null];
  if (service.kind !== 'tcp') return { protocol: service.kind, name, path: '/' };
  const isTarget = service.port === target.port && target.protocol !== 'udp';
  // What the diagnosis knows of the service counts for its other port, too.
  return {
    protocol: isTarget && target.protocol !== 'udp' ? target.protocol : 'tcp',
    name,
    path: target.path,
  };
}

/** Who answers for the service without the header: only the diagnosis's own was looked at. */
function known(service: RelayService, diagnosis: Diagnosis): Identity | null {
  const { target } = diagnosis;
  const isTarget =
    service.port === target.port && (!('names' in service) || service.names.includes(target.host));
  return isTarget ? (control(diagnosis)?.identity ?? null) : null;
}

/** For people and URLs. */
export const originText = ({ host, port }: Origin): string => `${bracketed(host)}:${port}`;
