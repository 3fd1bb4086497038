import type { LookRequest } from '../agent/protocol.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Ports } from '../ports/ports.ts';

/** What a look from a place can be asked for; what it can't is left out of the request. */
export interface Abilities {
  /** Tells who answers, not just that something does. */
  readonly identify: boolean;
  readonly otherPorts: boolean;
  /** The kinds of packets that it traces ways with. */
  readonly traces: readonly LookRequest['traces'][number]['method'][];
  /** Asks its own resolvers about the name. */
  readonly resolve: boolean;
  readonly udp: boolean;
}

/** One place on the internet from which a service can be looked at. */
export interface OutsideVantage {
  /** The second part of the ids of its evidence, such as `outside-1`: no colons, not `here`. */
  readonly label: string;
  /** The same, and one more for each further place that it looks from. */
  readonly labels: readonly string[];
  /** For progress lines and the report: who looks, without secrets. */
  readonly shown: string;
  readonly can: Abilities;
  /** Run by somebody else, who learns what is asked: each look says so. */
  readonly isPublic: boolean;
  /** It is asked by way of others, who take their time: a look may last half a minute. */
  readonly isDistant: boolean;
  /**
   * There is evidence for each address, port and trace asked and, where a name is to be resolved, for each resolver: what
   * was seen, or `failed` with what stood in the way. Never throws for what the network or the far end does. Ids are
   * `place:LABEL:self`, `reach:LABEL:ADDRESS`, for other ports `reach:LABEL:ADDRESS-PORT`, `trace:LABEL:METHOD-ADDRESS-PORT` and
   * `resolver:LABEL:SERVER`.
   */
  look(request: LookRequest, ports: Ports, signal: AbortSignal): Promise<Evidence[]>;
}
