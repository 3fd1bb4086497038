import { type DistributionNow, markedAtCloudFront } from '../../../cloud/aws/cdn.ts';
import { awsSentence } from '../../../cloud/aws/client.ts';
import type { CdnPlan } from '../../../model/cdn-plan.ts';
import { edgeProvider } from '../../../model/view/proxies.ts';
import { line, type Status, type StatusLine } from '../../status/status.ts';
import type { StackContext } from '../context.ts';
import { isStarted } from '../deployment.ts';
import { resolved } from '../relay/looks.ts';
import { distributionIn } from './state.ts';

/** How a distribution and the records that lead to it are now. */
export async function cdnStatus(plan: CdnPlan, deployment: unknown, context: StackContext): Promise<Status> {
  const started = isStarted(deployment);
  const { id } = distributionIn(deployment);
  const [cloud, dns] = await Promise.all([atCloudFront(plan, id, started), records(plan, started, context)]);
  const state = started ? line('fine', 'up') : line('wrong', 'planned, and not up');
  const isWrong = [...cloud.distribution, ...dns.lines].some((each) => each.state === 'wrong');
  return {
    parts: [
      { label: 'Stack', lines: [state] },
      ...(started ? [{ label: 'Distribution', lines: cloud.distribution }] : []),
      { label: 'DNS now', lines: dns.lines },
      { label: 'Left behind', lines: cloud.leftovers },
    ],
    facts: { up: started, distribution: cloud.facts, records: dns.facts },
    next: started ? (isWrong ? ['To put it right:  reach4 up'] : []) : ['Next:  reach4 up'],
  };
}

interface Cloud {
  readonly distribution: readonly StatusLine[];
  readonly leftovers: readonly StatusLine[];
  readonly facts: DistributionNow | null;
}

async function atCloudFront(plan: CdnPlan, id: string | null, started: boolean): Promise<Cloud> {
  let marked: DistributionNow[];
  try {
    marked = await markedAtCloudFront(plan.id);
  } catch (error) {
    const why = awsSentence(error, 'cloudfront:ListDistributions', null);
    const untold = [line('unknown', `AWS could not be asked. ${why}`)];
    return { distribution: untold, leftovers: untold, facts: null };
  }
  const mine = marked.find((each) => each.id === id) ?? null;
  const left = marked.filter((each) => each.id !== id);
  return {
    distribution: [distributionLine(mine, started)],
    leftovers:
      left.length === 0
        ? [line('fine', "nothing: no other distribution bears the stack's mark")]
        : left.map((each) =>
            line('wrong', `distribution ${each.id}; it goes with the next reach4 up or down`),
          ),
    facts: mine,
  };
}

function distributionLine(now: DistributionNow | null, started: boolean): StatusLine {
  if (now === null)
    return line('wrong', started ? 'none: an `up` broke off, or somebody deleted it' : 'none');
  const text = `${now.id}, ${now.domainName}`;
  if (!now.enabled) return line('wrong', `${text}: it is switched off`);
  return now.status === 'Deployed'
    ? line('fine', `${text}: at all edges`)
    : line('note', `${text}: a change is on its way to the edges`);
}

async function records({ name, types, origin }: CdnPlan, started: boolean, context: StackContext) {
  const asked = [
    ...types.map((type) => ({ name, type, edge: true })),
    { name: origin.name, type: 'AAAA' as const, edge: false },
  ];
  const found = await Promise.all(
    asked.map(async (each) => ({ ...each, now: await resolved(each.name, each.type, context) })),
  );
  return {
    lines: found.map(({ name: owner, type, edge, now }): StatusLine => {
      const text = `${owner} ${type}`;
      if (now === null) return line('unknown', `${text}: no resolver of this machine answers`);
      const said = now.length === 0 ? 'none' : now.join(', ');
      if (!started) return line('note', `${text} ${said}`);
      const isEdge = now.length > 0 && now.every((address) => edgeProvider(address, []) === 'CloudFront');
      if (edge ? isEdge : now.length > 0 && !isEdge) {
        return line('fine', `${text} ${said}${edge ? ' (CloudFront)' : ''}`);
      }
      const should = edge ? 'it should be addresses of CloudFront' : "it should be the server's address";
      return line('wrong', `${text} ${said}; ${should}, and caches may keep an older answer`);
    }),
    facts: found.map(({ name: owner, type, now }) => ({ name: owner, type, now })),
  };
}
