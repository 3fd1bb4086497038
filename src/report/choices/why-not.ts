import type { WhyNot } from '../../model/choice.ts';
import type { RemedyOffer } from '../../model/remedy-offer.ts';
import type { DnsHost } from '../../model/view/dns-host.ts';
import { PROVIDER_NAMES } from '../../model/view/dns-host.ts';
import { CAUSE_NAMES } from '../causes.ts';
import { all } from '../prose/words.ts';

const ONLY: Readonly<Record<RemedyOffer['carries'], string>> = {
  everything: 'anything',
  web: 'HTTP and HTTPS only',
  tcp: 'TCP only',
  lan: 'clients at home only',
};

const SPOKEN = { tls: 'TLS', http: 'HTTP', ssh: 'SSH', tcp: 'TCP', udp: 'UDP' } as const;

/** Why a remedy isn't offered: the rest of a sentence that begins with its name. */
export function whyNotText(why: WhyNot): string {
  switch (why.code) {
    case 'not-the-cause': {
      const { causes, suspected } = why;
      const names = (some: typeof causes, word: string): string =>
        all(
          some.map((cause) => CAUSE_NAMES[cause]),
          word,
        );
      return suspected.length > 0
        ? `${names(suspected, 'and')} ${suspected.length === 1 ? 'is' : 'are'} only suspected; reach4 diagnose says what would tell`
        : `${names(causes, 'or')} isn't confirmed to be in the way`;
    }
    case 'leaves':
      return `it would leave ${all(why.causes.map((cause) => CAUSE_NAMES[cause]))} in the way`;
    case 'nothing-in-the-way':
      return 'nothing is confirmed to be in the way of IPv4';
    case 'only-from-inside':
      return 'it fails from inside the home network only, which this would not change';
    case 'not-carried':
      return `it carries ${ONLY[why.carries]}, and the service speaks ${SPOKEN[why.protocol]}`;
    case 'port-not-served':
      return `the edge of ${why.provider} does not listen on port ${why.port} (only on ${all(why.ports.map(String))})`;
    case 'alias':
      return `the name is an alias of ${why.of}, where its records belong`;
    case 'no-name':
      return 'the target is an address, so there is no name whose records could change';
    case 'target-is-ipv4':
      return 'the target is an IPv4 address, and this leads to IPv6';
    case 'not-public':
      return `${why.address} is no public address, so nobody elsewhere can be led there`;
    case 'no-working-ipv4':
      return 'no public IPv4 address was seen to answer as the service, so there is none to point it to';
    case 'ipv4-works':
      return `the service answers at ${why.address} already, so nobody needs a detour`;
    case 'no-control':
      return 'nothing was seen to answer over IPv6, so nothing tells whether it is the service that answers over IPv4';
    case 'records-unknown':
      return `the zone's own servers didn't say what the ${why.type} records are`;
    case 'records-right':
      return 'the records are right as they are';
    case 'no-such-name':
      return `the name ${why.name} does not exist`;
    case 'behind-edge':
      return `the name leads to the edge of ${why.provider} already`;
    case 'no-aaaa':
      return 'the name has no AAAA record, so there is no IPv6 address to lead to';
    case 'aaaa-partly-missing':
      return "some of the zone's servers don't have the AAAA record";
    case 'no-lasting-ipv6':
      return 'the AAAA record is wrong, and no IPv6 address of this server that lasts was seen to answer';
    case 'ipv6-fails':
      return 'the service was not seen to answer over IPv6 either, and this leads to it that way';
    case 'listener-unseen':
      return 'what listens was not seen; as root on the server, reach4 diagnose sees it';
    case 'own-box-in-front':
      return "the NAT in front is a box of your own, which the provider can't change";
    case 'dns-elsewhere': {
      const { host, needs } = why;
      const wanted = all(
        needs.map((provider) => PROVIDER_NAMES[provider]),
        'or',
      );
      return host.certain
        ? `the DNS of ${host.zone} is at ${companies(host)}, and this needs it at ${wanted}`
        : `this needs the DNS of ${host.zone} at ${wanted}, and its name servers (${companies(host)}) don't show that`;
    }
    case 'not-in-diagnosis':
      return 'the diagnosis is of an earlier version; reach4 diagnose again tells';
  }
}

/** Where a zone is kept, as people call it; by the name servers where nobody knows whose they are. */
export const companies = ({ companies: known, nameServers }: DnsHost): string =>
  all(known.length === 0 ? nameServers.slice(0, SERVERS) : known);

/** Name servers in a sentence: two tell as much as four. */
const SERVERS = 2;
