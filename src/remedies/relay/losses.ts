import type { Target } from '../../model/target.ts';
import { CHEAPEST } from './prices.ts';

/** SMTP. AWS lets no host connect to it unless it is asked to (EC2 user guide, "Port 25 restriction"). */
export const MAIL_PORT = 25;

/** What a relay at AWS can't lead to, and what to do instead. */
export const MAIL_SENTENCE =
  'AWS lets its hosts connect to no port 25, so the mail server has to take mail on another port as well, such as 2525, for the relay to lead to.';

interface Relayed {
  readonly protocol: Target['protocol'];
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
}

/** What a relay loses or costs otherwise, each a short sentence; what weighs most first. */
export function lossesOf({ protocol, port, transport }: Relayed): string[] {
  const { includedGB, perGBUSD } = CHEAPEST.traffic;
  return [
    ...(port === MAIL_PORT && transport === 'tcp' ? [MAIL_SENTENCE] : []),
    transport === 'udp'
      ? 'The server sees the relay as the only client: the addresses of IPv4 users are lost.'
      : 'The server sees the relay as the client of every IPv4 user, unless its program takes the PROXY protocol.',
    'It needs an account at AWS, and is one more host that has to be up.',
    'IPv4 users take a detour by that host; IPv6 users go straight to the server as before.',
    `The price includes ${includedGB / 1024} TB of traffic a month (what is relayed counts twice, in and out); each GB out beyond is $${perGBUSD} or more.`,
    ...(protocol === 'tls'
      ? ['HTTP/3 runs over UDP, which is relayed where the server offers it, without the addresses of users.']
      : []),
  ];
}
