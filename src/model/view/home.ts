import type { Evidence, OwnAddress, ProbeCode, Seen } from '../evidence.ts';
import { seen } from '../evidence.ts';
import type { ToldFacts } from '../facts/router.ts';
import { isInnerInterface } from '../interface-name.ts';
import type { Case } from './case.ts';
import { once } from './once.ts';

/** Evidence of one probe made on the server. */
export const onServer = <P extends ProbeCode>(the: Case, probe: P): Seen<P>[] =>
  seen(the.evidence, probe).filter(({ vantage }) => vantage === 'server');

/** Evidence of one probe made on the server's line: on the server itself, or beside it. */
export const atHome = <P extends ProbeCode>(the: Case, probe: P): Seen<P>[] =>
  seen(the.evidence, probe).filter(({ vantage }) => vantage === 'server' || vantage === 'lan');

/** What a person read on a router's page of one thing; null where nobody said. */
export function told<K extends keyof ToldFacts>(
  the: Case,
  what: K,
): { readonly says: NonNullable<ToldFacts[K]>; readonly evidence: string } | null {
  for (const { id, facts } of seen(the.evidence, 'told')) {
    const says = facts[what];
    if (says !== null) return { says, evidence: id };
  }
  return null;
}

/** Why a probe of the server has no facts; null where it has some, or wasn't run there. */
export function reasonOnServer(the: Case, probe: ProbeCode): Evidence | null {
  if (onServer(the, probe).length > 0) return null;
  return the.evidence.find((item) => item.probe === probe && item.vantage === 'server') ?? null;
}

/** Whether anything was seen on the server itself, now or in evidence that was brought along. */
export const sawServer = (the: Case): boolean =>
  the.vantage === 'server' ||
  the.evidence.some(
    ({ probe, vantage, status }) => probe === 'addresses' && vantage === 'server' && status === 'ok',
  );

const tunnels = (the: Case): ReadonlySet<string> =>
  new Set(
    onServer(the, 'routes').flatMap(({ facts }) =>
      facts.interfaces.filter(({ tunnel }) => tunnel).map(({ name }) => name),
    ),
  );

/** The server's own IPv4 addresses to which packets from the router come. */
export const serverAddresses4 = once((the): OwnAddress[] => {
  const inner = tunnels(the);
  return onServer(the, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .filter(
      (own) =>
        own.family === 'ipv4' &&
        own.scope !== 'loopback' &&
        own.scope !== 'link-local' &&
        !inner.has(own.interface) &&
        !isInnerInterface(own.interface),
    );
});

/**
 * The server's own IPv4 addresses to which packets from the router certainly don't come: seen on an interface that only
 * this machine, its containers or a tunnel get to. A public one on a tunnel may be the line's (PPPoE on the server itself).
 */
export const innerAddresses4 = once((the): string[] => {
  const reached = serverAddresses4(the).map(({ address }) => address);
  return onServer(the, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .filter(
      ({ family, scope, address }) => family === 'ipv4' && scope !== 'public' && !reached.includes(address),
    )
    .map(({ address }) => address);
});

/** The routers that default routes over IPv4 lead to. */
export const gatewaysIn = (routes: readonly Seen<'routes'>[]): string[] =>
  routes.flatMap(({ facts }) =>
    facts.defaults.flatMap(({ family, via }) => (family === 'ipv4' && via !== null ? [via] : [])),
  );

/** The addresses that the routers of the server's network have there. */
export const routers = (the: Case): string[] => [
  ...new Set([
    ...gatewaysIn(onServer(the, 'routes')),
    ...[...onServer(the, 'upnp'), ...onServer(the, 'nat-pmp')]
      .filter(({ facts }) => facts.level === 1)
      .map(({ facts }) => facts.gateway),
  ]),
];

/** The tunnel that the server's IPv4 leaves by, because its default route leads there; null where it doesn't. */
export function defaultTunnel(the: Case): string | null {
  const inner = tunnels(the);
  for (const { facts } of onServer(the, 'routes')) {
    const best = facts.defaults
      .filter(({ family }) => family === 'ipv4')
      .sort((one, other) => (one.metric ?? 0) - (other.metric ?? 0))[0];
    if (best !== undefined && inner.has(best.interface)) return best.interface;
    // A VPN that takes 0.0.0.0/1 and 128.0.0.0/1, or a routing rule, leaves the default route alone.
    const reply = facts.replies.find(({ family, leavesBy }) => family === 'ipv4' && leavesBy !== null);
    if (reply?.leavesBy != null && inner.has(reply.leavesBy)) return reply.leavesBy;
  }
  return null;
}
