import type { Probes } from '../../../../src/cli/diagnose/probes.ts';
import { familyOf } from '../../../../src/model/address.ts';
import type { Evidence, ReachFacts } from '../../../../src/model/evidence.ts';
import type { MappingTrialFacts, PortMapping } from '../../../../src/model/facts/router.ts';
import type { ProbeContext } from '../../../../src/probes/context.ts';
import { LAN4, SERVICE, STABLE6, WAN4 } from '../../../support/names.ts';
import { virtualClock } from '../virtual-clock.ts';

export const GATEWAY = '192.168.77.1';
export const TOKEN = 'k7vXq2mB9sTzWc4LhRjN6pYdUe3GaF8K';

/** Milliseconds until a probe ends; `never` waits for its signal. */
export type Takes = number | 'never';

/** A home, and how long each thing takes there. All that is left out is as in a healthy one. */
export interface Home {
  readonly a?: readonly string[];
  readonly own?: readonly (readonly [address: string, interfaceName: string])[];
  readonly gateway?: string | null;
  /** The interface of the default route is a tunnel. */
  readonly vpn?: boolean;
  /** WAN address that the router tells over UPnP and NAT-PMP; null where it speaks neither. */
  readonly wan?: string | null;
  readonly mappings?: readonly Pick<PortMapping, 'externalPort' | 'client' | 'internalPort'>[];
  readonly observed?: string | null;
  /** Addresses of the way to what is traced from here. */
  readonly hops?: readonly string[];
  /** `address port` at which nothing answers. */
  readonly dead?: (address: string, port: number) => boolean;
  readonly takes?: Partial<Record<keyof Probes | 'look', Takes>>;
  /** What programs here get for the name; as DNS says where it isn't given. */
  readonly named?: readonly string[];
  /** Output of `ip -j neigh`. */
  readonly neighbours?: string;
  readonly mapping?: (externalPort: number) => Partial<MappingTrialFacts>;
}

export const MS_OF: Partial<Record<keyof Probes | 'look', number>> = {
  resolver: 40,
  authority: 120,
  osLookup: 10,
  whoami: 80,
  stun: 60,
  listeners: 50,
  firewall: 200,
  upnp: 150,
  natPmp: 20,
  pcp: 20,
  trace: 300,
  reach: 30,
  look: 100,
};

/** The time-out of one look at an address (src/probes/reach.ts). */
export const REACH_TIMEOUT = 4_000;
export const how = 'look';
export const none = { code: 'interrupted' } as const;

export type Scene = ReturnType<typeof scene>;

/** What the fakes of one home share: its time, what was asked of them, and how it answers. */
export function scene(the: Home) {
  const { gateway = GATEWAY, wan = WAN4, observed = WAN4, a = [WAN4] } = the;
  const {
    own = [
      [LAN4, 'eth0'],
      [STABLE6, 'eth0'],
    ],
  } = the;
  const time = virtualClock();
  const asked: { at: number; probe: string; what: string }[] = [];
  const events: string[] = [];
  const note = (probe: string, what: string): void =>
    void asked.push({ at: time.clock.monotonic(), probe, what });
  const dead = the.dead ?? (() => false);

  /** One piece of evidence after its time; `interrupted` where the signal is first. */
  const after = async (
    probe: keyof Probes,
    what: string,
    { signal }: ProbeContext,
    made: () => Evidence,
    lost: () => Evidence,
    takes: Takes = the.takes?.[probe] ?? MS_OF[probe] ?? 10,
  ): Promise<Evidence> => {
    note(probe, what);
    return time.clock.sleep(takes === 'never' ? 2 ** 40 : takes, signal).then(made, lost);
  };

  const reachFacts = (address: string, port: number, roles: ReachFacts['roles']): ReachFacts => ({
    family: familyOf(address),
    address,
    port,
    roles: [...roles],
    attempts: dead(address, port)
      ? [1, 2, 3].map(() => ({ outcome: 'timed-out', ms: REACH_TIMEOUT }))
      : [1, 2, 3].map(() => ({ outcome: 'connected', ms: 9 })),
    identity: dead(address, port) ? null : SERVICE,
  });
  return { the, gateway, wan, observed, a, own, time, asked, events, note, dead, after, reachFacts };
}
