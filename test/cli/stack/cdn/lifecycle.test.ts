import { ChangeResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { expect, test } from 'vitest';
import { currentPlan } from '../../../../src/cli/stack/context.ts';
import { resourcesIn } from '../../../../src/cli/stack/deployment.ts';
import { down, preview, up } from '../../../../src/cli/stack/provision.ts';
import { stackRemedy } from '../../../../src/cli/stack/remedies.ts';
import { cdnIamPolicy } from '../../../../src/remedies/cdn/iam-policy.ts';
import { NAME, OLD4, STABLE6 } from '../../../support/names.ts';
import { type CdnWorld, cdnWorld, ZONE_ID } from './world.ts';

/** ms: each command of the engine takes three to eight seconds on two busy cores. */
const LONG = 240_000;
const LAST = { stack: null };

const A_OLD = { name: NAME, type: 'A', ttl: 1800, values: [OLD4] };
const AAAA = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };
const BEFORE = [`${NAME}. A 1800 ${OLD4}`, `${NAME}. AAAA 300 ${STABLE6}`];
const UP = [
  `_NAME.${NAME}. CNAME 301 _VALUE`,
  `${NAME}. A alias`,
  `${NAME}. AAAA alias`,
  `origin-${NAME}. AAAA 60 ${STABLE6}`,
];

const RIGHTS = cdnIamPolicy({ zoneId: ZONE_ID, name: NAME, originName: `origin-${NAME}` }).Statement.flatMap(
  ({ Action }) => [...Action],
);
/** For tags that somebody changed, and for the sentence that names other zones where there is none of the name. */
const SPARE = ['acm:RemoveTagsFromCertificate', 'cloudfront:UntagResource', 'route53:ListHostedZones'];

const flat = (the: CdnWorld): string => the.printed().replaceAll(/\s+/gu, ' ');
const writes = (the: CdnWorld): string[] =>
  the.aws.calls.writes.flatMap(({ action, outcome }) =>
    outcome === 'ok' ? [action.replace(/^.*:/u, '')] : [],
  );

const write = (the: CdnWorld, ResourceRecordSet: ResourceRecordSet) =>
  the.byHand.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: ZONE_ID,
      ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
    }),
  );

test('from plan to the literal destroy, with no more rights than the plan says', {
  timeout: LONG,
}, async () => {
  await using the = await cdnWorld([A_OLD, AAAA], RIGHTS);
  expect(await the.plan()).toBe(1);
  expect(flat(the)).toMatch(
    /There is already home\.example\.org A .*carries the web only.*--ipv4-only.*--yes-lose-ports/u,
  );
  expect(await the.plan({ adopt: true, yesLosePorts: true })).toBe(0);
  expect(flat(the)).toContain('Plan for home.example.org: cdn, stack home-example-org');
  expect(await preview(LAST, the.context())).toBe(0);
  expect(flat(the)).toMatch(/All visitors .* \$0 a month.*Nothing has been changed/u);
  expect(the.sets()).toEqual(BEFORE);
  expect(the.exists()).toEqual([]);

  const used = new Set(the.aws.calls.actions);
  the.aws.calls.clear();
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.sets()).toEqual(UP);
  expect(the.exists()).toEqual(['certificate', 'distribution']);
  const made = writes(the);
  expect(made.at(-1)).toBe('ChangeResourceRecordSets');
  expect(made.indexOf('CreateDistributionWithTags')).toBeGreaterThan(made.indexOf('RequestCertificate'));
  expect(made.slice(made.indexOf('CreateDistributionWithTags') + 1)).toEqual(['ChangeResourceRecordSets']);

  // The first refresh sees that the certificate was issued.
  expect(await up(LAST, the.context())).toBe(0);
  the.printed();
  for (const action of the.aws.calls.actions) used.add(action);
  the.aws.calls.clear();
  expect(await up(LAST, the.context())).toBe(0);
  expect(flat(the)).not.toMatch(/\d+ (?:created|updated|deleted|replaced)/u);
  expect(writes(the)).toEqual([]);

  const { plan } = await currentPlan(LAST, the.context());
  const { status, promised } = stackRemedy('cdn');
  const around = {
    names: { [NAME]: { A: ['13.224.1.1'], AAAA: ['2600:9000::1'] }, [`origin-${NAME}`]: { AAAA: [STABLE6] } },
  };
  const now = await status(plan, await stateOf(the), { agents: [] }, the.context(around));
  expect(now.parts.flatMap(({ lines }) => lines).map(({ state }) => state)).toEqual(Array(6).fill('fine'));
  expect(await promised(plan, 'home-example-org', the.context())).toMatchObject({
    identity: { kind: 'tls' },
  });

  // Somebody turns one back.
  await write(the, { Name: NAME, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '203.0.113.9' }] });
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.sets()).toEqual(UP);

  const gone = await the.pulumi('destroy', '--yes', '--skip-preview');
  expect(gone).toMatchObject({ exitCode: 0 });
  expect(the.sets()).toEqual(BEFORE);
  expect(the.exists()).toEqual([]);
  expect(the.lacking).toEqual([]);
  for (const action of the.aws.calls.actions) used.add(action);
  expect(RIGHTS.filter((right) => !used.has(right) && !SPARE.includes(right))).toEqual([]);
});

test('IPv4 only: what was made and never recorded is not in the way, and goes at the end', {
  timeout: LONG,
}, async () => {
  await using the = await cdnWorld([AAAA]);
  expect(await the.plan({}, { ipv4Only: true })).toBe(0);
  expect(flat(the)).toContain('IPv6 visitors go straight to the server as before');
  // Made, and never recorded; the first such call only asks whether it may be made.
  for (const action of ['acm:RequestCertificate', 'cloudfront:CreateDistributionWithTags']) {
    the.aws.fail({ kind: 'disconnect', at: 'after', nth: 2, action });
    expect(await up(LAST, the.context())).toBe(1);
  }
  expect(the.exists()).toEqual(['certificate', 'certificate', 'distribution']);
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.exists()).toEqual(['certificate', 'certificate', 'distribution']);
  expect(the.sets()).toEqual([UP[0], UP[1], BEFORE[1], UP[3]]);
  // IPv6 visitors aren't led to what nobody saw to forward, also by an update.
  expect(await the.plan({ adopt: true, yesLosePorts: true })).toBe(0);
  const { env, ...context } = the.context();
  the.printed();
  expect(await up(LAST, { ...context, env: { ...env, REACH4_UNPROVEN: '' } })).toBe(1);
  expect(flat(the)).toMatch(/IPv6 visitors get there without it\. DNS stays as it is\./u);
  expect(the.sets()).toEqual([UP[0], UP[1], BEFORE[1], UP[3]]);
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.sets()).toEqual(UP);
  // As if the engine had been killed before it wrote down that the name's record was made.
  const urn = resourcesIn(await stateOf(the)).find((each) => each.urn?.endsWith('::name') === true)?.urn;
  expect(await the.pulumi('state', 'delete', String(urn), '--yes')).toMatchObject({ exitCode: 0 });
  expect(await down(LAST, the.context())).toBe(0);
  expect(the.sets()).toEqual([BEFORE[1]]);
  expect(the.exists()).toEqual([]);
  expect(the.lacking).toEqual([]);
});

async function stateOf(the: CdnWorld): Promise<unknown> {
  const { openStack } = await import('../../../../src/cli/stack/automation.ts');
  const { openSetting } = await import('../../../../src/cli/stack/context.ts');
  const stack = await openStack(await openSetting(the.context()), 'home-example-org', false);
  return stack === null ? null : stack.state();
}
