import { awsSentence } from '../../../../cloud/aws/client.ts';
import { markedAtEc2, trafficAtEc2 } from '../../../../cloud/aws/ec2-now.ts';
import { markedAtLightsail, trafficAtLightsail } from '../../../../cloud/aws/lightsail-now.ts';
import type { HostNow, Marked, MarkedThing, Traffic } from '../../../../cloud/aws/marked.ts';
import type { RelayPlan } from '../../../../model/relay-plan.ts';
import { placeOf } from '../../../../remedies/relay/region.ts';
import { duration, plural } from '../../../../report/prose/words.ts';
import { line, type StatusLine } from '../../../status/status.ts';
import type { StackContext } from '../../context.ts';
import { resourcesIn } from '../../deployment.ts';

interface Cloud {
  readonly host: readonly StatusLine[];
  readonly traffic: readonly StatusLine[];
  readonly leftovers: readonly StatusLine[];
  readonly facts: {
    readonly host: object;
    readonly traffic: object | null;
    readonly leftovers: readonly MarkedThing[] | null;
  };
}

/** Host, traffic and what was left behind, as the cloud tells now. */
export async function atCloud(
  plan: RelayPlan,
  hostId: string | null,
  deployment: unknown,
  { ports }: StackContext,
): Promise<Cloud> {
  const { host, id } = plan;
  const { kind, region } = host;
  const now = ports.clock.now();
  const common = { kind, region, id: hostId };
  let marked: Marked;
  try {
    marked = await (kind === 'lightsail' ? markedAtLightsail : markedAtEc2)(region, id);
  } catch (error) {
    const why = awsSentence(
      error,
      kind === 'lightsail' ? 'lightsail:GetInstances' : 'ec2:DescribeInstances',
      region,
    );
    const untold = [line('unknown', `AWS could not be asked. ${why}`)];
    return {
      host: untold,
      traffic: [],
      leftovers: untold,
      facts: { host: { ...common, state: null, createdAt: null }, traffic: null, leftovers: null },
    };
  }
  const mine = marked.hosts.find((each) => each.id === hostId) ?? null;
  const traffic = mine === null ? null : await trafficOf(plan, mine, now);
  const left = leftBehind(marked.things, deployment);
  return {
    host: [hostLine(plan, hostId, mine, now)],
    traffic: traffic === null ? [] : [trafficLine(plan, traffic, mine)],
    leftovers:
      left.length === 0
        ? [line('fine', "nothing: all that bears the stack's mark is in its state")]
        : left.map(({ type, id: name, remove }) =>
            line('wrong', `${type} ${name}; it goes with:  ${remove}`),
          ),
    facts: {
      host: { ...common, state: mine?.state ?? null, createdAt: mine?.createdAt?.toISOString() ?? null },
      traffic:
        traffic === null
          ? null
          : {
              since: traffic.since.toISOString(),
              inBytes: traffic.inBytes,
              outBytes: traffic.outBytes,
              includedGB: plan.traffic.includedGB,
            },
      leftovers: left,
    },
  };
}

/** Null where it couldn't be asked: the rest is worth showing without it. */
async function trafficOf({ host }: RelayPlan, { id }: HostNow, now: Date): Promise<Traffic | null> {
  const ask = host.kind === 'lightsail' ? trafficAtLightsail : trafficAtEc2;
  return ask(host.region, id, now).catch(() => null);
}

/** What bears the mark and isn't in the state: nobody will ever remove it by itself. */
function leftBehind(things: readonly MarkedThing[], deployment: unknown): MarkedThing[] {
  const known = new Set(resourcesIn(deployment).flatMap(({ id }) => id ?? []));
  return things.filter(({ id }) => !known.has(id));
}

function hostLine({ host }: RelayPlan, id: string | null, now: HostNow | null, at: Date): StatusLine {
  const what = host.kind === 'lightsail' ? `Lightsail ${host.bundleId}` : `EC2 ${host.instanceType}`;
  const where = `${what} in ${placeOf(host.region)} (${host.region})`;
  if (now === null) {
    return line(
      'wrong',
      `${where}: ${id === null ? 'there is none' : `${id} isn't there any more; reach4 up makes it anew`}`,
    );
  }
  const age =
    now.createdAt === null ? '' : `, ${ageText((at.getTime() - now.createdAt.getTime()) / 1000)} old`;
  return line(now.state === 'running' ? 'fine' : 'wrong', `${where}: ${now.id}, ${now.state}${age}`);
}

const DAY_SECONDS = 86_400;

const ageText = (seconds: number): string =>
  seconds < 2 * DAY_SECONDS
    ? duration(Math.max(0, Math.round(seconds)))
    : plural(Math.floor(seconds / DAY_SECONDS), 'day');

const gigabytes = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0)} GB`;

function trafficLine(
  { host, traffic }: RelayPlan,
  { since, inBytes, outBytes }: Traffic,
  now: HostNow | null,
): StatusLine {
  const both = (inBytes ?? 0) + (outBytes ?? 0);
  const counted = host.kind === 'lightsail' ? both : (outBytes ?? 0);
  const isNew = now?.createdAt != null && now.createdAt > since;
  return line(
    counted / 1e9 > traffic.includedGB ? 'wrong' : 'note',
    `${gigabytes(inBytes)} in, ${gigabytes(outBytes)} out${isNew ? ', of this host alone' : ''}; ${traffic.includedGB} GB ${host.kind === 'lightsail' ? 'in and out' : 'out'} are included, each GB out beyond costs $${traffic.perGBUSD}`,
  );
}
