import { lookFromOutside } from '../agent/client.ts';
import type { OutsideVantage } from './vantage.ts';

export interface OutsideAgent {
  /** As the user gave it. */
  readonly url: string;
  /** As loadToken returns it. */
  readonly token: string;
  readonly label: string;
}

/** A `reach4 agent` on a machine of the user's own. */
export const agentVantage = ({ url, token, label }: OutsideAgent): OutsideVantage => ({
  label,
  shown: new URL(url).host,
  can: { identify: true, otherPorts: true, traces: true, resolve: true, udp: true },
  look: (request, ports, signal) => lookFromOutside({ url, token, label, request }, ports, signal),
});
