import { lookFromOutside } from '../agent/client.ts';
import { placeOf } from './place.ts';
import type { OutsideVantage } from './vantage.ts';

export interface OutsideAgent {
  /** As the user gave it. */
  readonly url: string;
  /** As loadToken returns it. */
  readonly token: string;
  readonly label: string;
}

/** A `reach4 agent` on a machine of the user's own. */
export function agentVantage({ url, token, label }: OutsideAgent): OutsideVantage {
  const shown = new URL(url).host;
  return {
    label,
    labels: [label],
    isDistant: false,
    isPublic: false,
    shown,
    can: { identify: true, otherPorts: true, traces: ['tcp', 'udp', 'icmp'], resolve: true, udp: true },
    look: async (request, ports, signal) => [
      placeOf({ label, kind: 'agent', shown }, ports.clock),
      ...(await lookFromOutside({ url, token, label, request }, ports, signal)),
    ],
  };
}
