import type { HostedZone as AwsZone, Route53Client } from '@aws-sdk/client-route-53';
import { UserError } from '../../../model/error.ts';
import type { HostedZone } from '../../../model/hosted-zone.ts';
import type { Dns } from '../../../ports/ports.ts';
import { asked } from '../client.ts';

/** ms for a question to a resolver, which may have to ask several servers itself. */
const RESOLVER_TIMEOUT = 3_000;

const bareName = (name: string | undefined): string => String(name).replace(/\.$/u, '').toLowerCase();
const bareId = (id: string | undefined): string => String(id).replace(/^\/hostedzone\//u, '');

/**
 * From the name up, whole labels only: the closest public zone of the account. An account may have several of one name;
 * the one that counts is the one whose name servers the domain has.
 * @throws UserError where it can't be told which one that is
 */
export async function publicZone(
  name: string,
  client: Route53Client,
  dns: Pick<Dns, 'resolvers' | 'nameServers'>,
  signal: AbortSignal,
): Promise<HostedZone | null> {
  const labels = name.split('.');
  for (let from = 0; from < labels.length - 1; from += 1) {
    const candidate = labels.slice(from).join('.');
    const found = await zonesNamed(candidate, client, signal);
    if (found.length === 0) continue;
    const known = await nameServersOf(candidate, dns, signal);
    const zones: HostedZone[] = [];
    for (const zone of found) {
      const own = await nameServersIn(bareId(zone.Id), client, signal);
      const isDelegated = known === null ? null : own.some((server) => known.includes(server));
      zones.push({ id: bareId(zone.Id), name: candidate, isDelegated });
    }
    return theOne(candidate, zones, known);
  }
  return null;
}

function theOne(name: string, zones: readonly HostedZone[], known: readonly string[] | null): HostedZone {
  const [only, ...others] = zones;
  if (only !== undefined && others.length === 0) return only;
  const [delegated, ...more] = zones.filter(({ isDelegated }) => isDelegated === true);
  if (delegated !== undefined && more.length === 0) return delegated;
  const ids = zones.map(({ id }) => id).join(', ');
  const why =
    known === null
      ? 'its name servers could not be asked for here'
      : `its name servers (${known.join(', ') || 'none'}) are ${delegated === undefined ? 'none of theirs' : 'those of more than one'}`;
  throw new UserError(
    `Route 53 holds several public zones named ${name} (${ids}), and which one is in use can't be told: ${why}; expected the domain's name servers to be those of one of them, or the others to be deleted.`,
  );
}

/** Public zones of exactly this name; the list begins there and goes on behind it. */
async function zonesNamed(name: string, client: Route53Client, signal: AbortSignal): Promise<AwsZone[]> {
  const { ListHostedZonesByNameCommand } = await import('@aws-sdk/client-route-53');
  const found: AwsZone[] = [];
  let from: { DNSName: string; HostedZoneId?: string } = { DNSName: `${name}.` };
  for (;;) {
    const answer = await asked('route53:ListHostedZonesByName', null, () =>
      client.send(new ListHostedZonesByNameCommand(from), { abortSignal: signal }),
    );
    found.push(...(answer.HostedZones ?? []).filter((zone) => bareName(zone.Name) === name));
    const { NextDNSName, NextHostedZoneId } = answer;
    if (answer.IsTruncated !== true || bareName(NextDNSName) !== name || NextHostedZoneId === undefined)
      break;
    from = { DNSName: `${name}.`, HostedZoneId: NextHostedZoneId };
  }
  return found.filter(({ Config }) => Config?.PrivateZone !== true);
}

/** The name servers that Route 53 has given a zone. */
async function nameServersIn(id: string, client: Route53Client, signal: AbortSignal): Promise<string[]> {
  const { GetHostedZoneCommand } = await import('@aws-sdk/client-route-53');
  const answer = await asked('route53:GetHostedZone', null, () =>
    client.send(new GetHostedZoneCommand({ Id: id }), { abortSignal: signal }),
  );
  return (answer.DelegationSet?.NameServers ?? []).map(bareName);
}

/** The name servers that the internet knows for a domain; null where no resolver could be asked. */
async function nameServersOf(
  name: string,
  dns: Pick<Dns, 'resolvers' | 'nameServers'>,
  signal: AbortSignal,
): Promise<string[] | null> {
  for (const server of await dns.resolvers()) {
    const question = { server, name, recurse: true, timeoutMs: RESOLVER_TIMEOUT };
    const answer = await dns.nameServers(question, signal);
    // What a resolver knows of a zone above says that there is none of this name.
    if (answer !== null) return answer.zone === name ? answer.servers.map((each) => bareName(each.name)) : [];
  }
  return null;
}
