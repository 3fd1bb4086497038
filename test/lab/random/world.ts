import type { CauseCode } from '../../../src/model/cause-code.ts';
import { addressOf, DEAD } from '../addresses.ts';
import { chance, type EvidenceSet } from '../expect.ts';
import { defineWorld, type RecordInput, type World } from '../world.ts';
import { drawParts, type Parts } from './parts.ts';
import { pick, prng } from './prng.ts';
import { tellable, truthOf } from './truth.ts';

/** A world by chance, with what is true in it. */
export interface RandomWorld {
  readonly seed: number;
  readonly parts: Parts;
  readonly world: World;
  readonly truth: readonly CauseCode[];
  /** Of the truth, what root with an agent outside can tell for sure. */
  readonly tellable: readonly CauseCode[];
  readonly sets: readonly EvidenceSet[];
}

const PORT = 443;
const OTHER_PORT = 8443;
const WRONG_PORT = 9443;

const NOTHING = chance('* * * * * * *');

export function randomWorld(seed: number): RandomWorld {
  const parts = drawParts(seed);
  const truth = truthOf(parts);
  const drawn = records(parts);
  const { filter, line, otherPort, tailscale, upnp } = parts;
  const world = defineWorld({
    name: `random-${seed}`,
    about: Object.values(parts).join(' '),
    ...(drawn === undefined ? {} : { dns: { records: drawn } }),
    isp: {
      kind: line === 'double-nat' || line === 'forwarded-twice' ? 'public' : line,
      ...(line === 'double-nat' ? { doubleNat: { outerAnswers: seed % 2 === 0 } } : {}),
      ...(line === 'forwarded-twice' ? { doubleNat: { forwards: [PORT] } } : {}),
      inboundFilter:
        filter === 'none'
          ? []
          : [
              {
                ports: filter === 'all' ? 'all' : [PORT],
                action: filter === 'port-reset' ? 'reset' : 'drop',
              },
            ],
    },
    router: {
      forwards: [
        ...forwards(parts),
        ...(otherPort ? [{ port: OTHER_PORT, toPort: PORT, listed: true } as const] : []),
      ],
      page: { wan: parts.forward === 'page' },
      firewall:
        parts.routerFirewall === 'open'
          ? 'open'
          : { ports: [PORT], where: parts.routerFirewall === 'early' ? 'early' : 'forwarding' },
      masquerades: parts.masquerades,
      hairpin: parts.hairpin,
      unforwarded: parts.unforwarded,
      upnp: {
        igd: upnp !== 'off',
        natPmp: upnp !== 'off',
        pcp: upnp !== 'off',
        tellsPrivateWan: upnp !== 'untold',
      },
    },
    server: {
      services: services(parts),
      bindv6only: parts.listener === 'bindv6only',
      firewall: parts.firewall === 'none' ? [] : [{ software: parts.software, ipv4: parts.firewall }],
      tailscaleAddress: tailscale,
      vpn: parts.replies === 'vpn' ? 'default-route' : 'none',
      ipv4DefaultRoute: parts.replies !== 'no-route',
    },
    internet: { hosts: parts.record === 'other' ? ['other'] : [] },
    expect: {
      truth,
      rootAgent: NOTHING,
      userAgent: NOTHING,
      root: NOTHING,
      user: NOTHING,
      outside: NOTHING,
    },
  });
  return { seed, parts, world, truth, tellable: tellable(parts), sets: sets(seed) };
}

/** Mostly one set with an agent; sometimes another one beside it. */
function sets(seed: number): EvidenceSet[] {
  // Another sequence than that of the parts, so that the two have nothing to do with each other.
  const random = prng(~seed);
  const first = pick(random, { rootAgent: 3, userAgent: 1 });
  const second = pick(random, { none: 6, root: 1, user: 1, outside: 1, lan: 1 });
  return second === 'none' ? [first] : [first, second];
}

/** Undefined where the A is what a DynDNS client sets. */
function records({ record }: Parts): RecordInput[] | undefined {
  const six: RecordInput = { type: 'AAAA', value: addressOf('server', 6) };
  if (record === 'right') return undefined;
  if (record === 'missing') return [six];
  const value = { stale: DEAD.old4, other: addressOf('other', 4), private: addressOf('server', 4) }[record];
  return [{ type: 'A', value }, six];
}

function forwards({ forward, listed }: Parts) {
  if (forward === 'none' || forward === 'page') return [];
  const to = forward === 'laptop' || forward === 'nobody' ? forward : 'server';
  return [{ port: PORT, to, listed, ...(forward === 'wrong-port' ? { toPort: WRONG_PORT } : {}) } as const];
}

function services({ listener }: Parts): World['server']['services'] {
  const https = { kind: 'https', port: PORT, families: 'both', bind: 'any', other: false } as const;
  const six = { ...https, families: '6' } as const;
  return {
    both: [https],
    bindv6only: [https],
    v6only: [six],
    'two-sockets': [{ ...https, families: '4' } as const, six],
    address6: [{ ...https, bind: 'global6' } as const],
    loopback4: [six, { ...https, bind: 'loopback4' } as const],
    'other-program': [six, { ...https, families: '4', other: true } as const],
  }[listener];
}
