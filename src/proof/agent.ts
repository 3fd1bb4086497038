import { lookFromOutside } from '../agent/client.ts';
import type { AddressRole, Evidence } from '../model/evidence.ts';
import type { Ports } from '../ports/ports.ts';
import type { Question } from './question.ts';
import { best, judge, notConnected, type Seen, waiting } from './seen.ts';
import type { Way } from './way.ts';

export interface Agent {
  readonly url: string;
  /** Read when it is needed. */
  token(): Promise<string>;
}

/** Why the addresses are asked for: nobody's DNS names them yet. */
const ROLES: readonly AddressRole[] = ['given'];

/** Has an agent look at the host's own addresses, all of them in one look. */
export const agentWay = (
  agent: Agent,
  addresses: readonly string[],
  ports: Pick<Ports, 'net' | 'clock'>,
): Way => ({
  label: `the agent ${agent.url}`,
  // An agent allows 20 looks a minute at one host (src/agent/limits.ts).
  isFree: false,
  look: async (question, signal) => {
    const { kind, port, hint } = question;
    // Agents send no datagrams.
    if (kind === 'udp') return null;
    const request = {
      addresses: addresses.map((address) => ({ address, roles: [...ROLES] })),
      port,
      hint,
      resolve: null,
      otherPorts: [],
      traces: [],
    };
    const look = { url: agent.url, token: await agent.token(), request, label: 'outside' };
    return best((await lookFromOutside(look, ports, signal)).map((item) => seenBy(question, item)));
  },
});

function seenBy(question: Question, item: Evidence): Seen {
  if (item.probe !== 'reach') return waiting('the agent looked at something else');
  if (item.status !== 'ok') return waiting(item.reason.detail ?? item.reason.code);
  const { attempts, identity } = item.facts;
  const [first] = attempts;
  if (identity !== null) return judge(question, identity);
  return first === undefined ? waiting('the agent made no attempt') : notConnected(first);
}
