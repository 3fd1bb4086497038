import type { MarkedThing } from '../../../cloud/aws/marked.ts';
import type { RelayPlan } from '../../../model/relay-plan.ts';
import {
  line,
  type Status,
  type StatusLine,
  type StatusLooks,
  type StatusPart,
} from '../../status/status.ts';
import type { StackContext } from '../context.ts';
import { resolved } from './looks.ts';
import { relayState } from './state.ts';
import { atCloud } from './status/cloud.ts';
import { health } from './status/health.ts';

/** How a relay is now. */
export async function relayStatus(
  plan: RelayPlan,
  deployment: unknown,
  looks: StatusLooks,
  context: StackContext,
): Promise<Status> {
  const { address, started, hostId } = relayState(deployment);
  const [services, cloud, dns] = await Promise.all([
    address === null ? { lines: [], facts: [] } : health(plan, address, looks, context),
    atCloud(plan, hostId, deployment, context),
    records(plan, address, context),
  ]);
  const parts: StatusPart[] = [
    { label: 'Address', lines: [addressLine(address, started)] },
    ...(address === null ? [] : [{ label: 'Services, over IPv4 now', lines: services.lines }]),
    ...(started ? [{ label: 'Host', lines: cloud.host }] : []),
    ...(cloud.traffic.length === 0 ? [] : [{ label: 'Traffic this month', lines: cloud.traffic }]),
    ...(dns.lines.length === 0 ? [] : [{ label: 'DNS now', lines: dns.lines }]),
    { label: 'Left behind', lines: cloud.leftovers },
  ];
  return {
    parts,
    facts: { address, services: services.facts, ...cloud.facts, records: dns.facts },
    next: nextSteps(started, services.lines, dns.lines, cloud.facts.leftovers),
  };
}

const addressLine = (address: string | null, started: boolean): StatusLine =>
  address === null
    ? line('wrong', started ? 'none yet: an `up` broke off' : 'none: the relay is planned, and not up')
    : line('fine', address);

interface Records {
  readonly lines: readonly StatusLine[];
  readonly facts: readonly {
    name: string;
    type: 'A';
    expected: string | null;
    now: readonly string[] | null;
  }[];
}

async function records({ dns }: RelayPlan, address: string | null, context: StackContext): Promise<Records> {
  const found = await Promise.all(
    dns.records.map(async ({ name }) => ({ name, now: await resolved(name, 'A', context) })),
  );
  return {
    lines: found.map(({ name, now }) => recordLine(name, now, address)),
    facts: found.map(({ name, now }) => ({ name, type: 'A', expected: address, now })),
  };
}

function recordLine(name: string, now: readonly string[] | null, address: string | null): StatusLine {
  if (now === null) return line('unknown', `${name} A: no resolver of this machine answers`);
  const said = now.length === 0 ? 'none' : now.join(', ');
  if (address === null) return line('note', `${name} A ${said}`);
  if (now.length === 1 && now[0] === address) return line('fine', `${name} A ${said}`);
  return line(
    'wrong',
    `${name} A ${said}; it should be ${address}, and caches may keep an older answer for minutes`,
  );
}

function nextSteps(
  started: boolean,
  services: readonly StatusLine[],
  dns: readonly StatusLine[],
  leftovers: readonly MarkedThing[] | null,
): string[] {
  if (!started && (leftovers ?? []).length === 0) return ['Next:  reach4 up'];
  const broken = services.length > 0 && services.every(({ state }) => state === 'wrong');
  return [
    ...(broken
      ? [
          'Nothing gets through. To see whether the server itself answers:  reach4 diagnose; to build the host anew:  reach4 up --rebuild',
        ]
      : []),
    ...(dns.some(({ state }) => state === 'wrong') ? ['To put the DNS records right:  reach4 up'] : []),
    ...((leftovers ?? []).length > 0
      ? ['What was left behind goes with the next `reach4 up` or `reach4 down`, or by the commands above.']
      : []),
  ];
}
