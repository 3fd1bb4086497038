import { DnsRecord } from '@pulumi/cloudflare/dnsRecord.js';
import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Plan } from '../../../src/model/plan.ts';
import { aRecord } from '../../../stacks/a-record.ts';
import { checkDeployment } from '../../../stacks/checks/deployment.ts';
import { edgeProxy } from '../../../stacks/edge-proxy.ts';
import { program } from '../../../stacks/program.ts';
import { edgePlan } from '../../components/edge-plans.ts';
import { underMocks } from '../../components/mocks.ts';
import { planOf, record } from '../../components/plans.ts';
import { atCloudflare, relayPlanOf } from '../../components/relay-plans.ts';
import { NAME, OLD4, OLD6, VPS4, WAN4 } from '../../support/names.ts';

const TOKEN = 'a-token-that-must-not-be-stored-anywhere';
beforeEach(() => {
  vi.stubEnv('CLOUDFLARE_API_TOKEN', TOKEN);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Why the program refuses the plan, before it declares anything. */
async function refusal(plan: Plan): Promise<string> {
  pulumi.runtime.setAllConfig({ 'reach4:plan': JSON.stringify(plan) });
  const error: unknown = await program().catch((thrown: unknown) => thrown);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  return (error as Error).message;
}

test('what is planned is declared', async () => {
  const good = planOf();
  const records = await underMocks(() => {
    checkDeployment(good, good);
    return aRecord(good);
  });
  expect(records.map(({ type }) => type)).toContain('cloudflare:index/dnsRecord:DnsRecord');
  const edge = edgePlan();
  const name = await underMocks(() => {
    checkDeployment(edge, edge);
    return edgeProxy(edge);
  });
  expect(name.map(({ type }) => type)).toContain('pulumi-nodejs:dynamic/reach4:NameRecords');
});

test('an a-record whose address nobody proved', async () => {
  expect(await refusal(planOf({ records: [record({ content: VPS4 })] }))).toBe(
    `${NAME} would lead to ${VPS4}, which neither the stack holds nor the plan proved to be the server's. Nothing is deployed; write the plan anew with \`reach4 plan\`.`,
  );
  // One of an earlier version proves nothing.
  expect(await refusal(planOf({ proven: [] }))).toMatch(/nor the plan proved/u);
});

test('a proxied address that nobody proved, by the form of the plan and without it', async () => {
  const plan = edgePlan();
  const forged = { ...plan, records: plan.records.map((each) => ({ ...each, content: OLD6 })) };
  expect(await refusal(forged)).toMatch(/was not seen to answer as the service/u);
  expect(() => checkDeployment(forged, forged)).toThrow(/would lead to 2a0b:/u);
});

test('a record of another name', async () => {
  expect(await refusal(planOf({ records: [record(), record({ name: 'www.example.org' })] }))).toMatch(
    /of more than one name/u,
  );
});

test('a token in the plan, which is not said again', async () => {
  const said = await refusal(planOf({ records: [record({ comment: `by ${TOKEN}` })] }));
  expect(said).toMatch(/^What is in CLOUDFLARE_API_TOKEN would be stored in clear/u);
  expect(said).not.toContain(TOKEN);
});

/** What a program is told that declares this, whatever its plan says. */
async function declaring(plan: Plan, declare: () => unknown): Promise<string> {
  let said = '';
  await underMocks(() => {
    checkDeployment(plan, plan);
    try {
      declare();
    } catch (error) {
      said = String(error);
    }
  });
  return said;
}

const relay = relayPlanOf(atCloudflare());
const dns = { zoneId: 'zone', name: NAME, type: 'A', ttl: 60 };

test.each<[string, Plan, () => unknown, RegExp]>([
  [
    "a relay's name that leads somewhere else",
    relay,
    () => new DnsRecord('it', { ...dns, content: OLD4 }),
    /it would lead to 81\.2\.99\.77/u,
  ],
  [
    'a record that would stay behind',
    planOf(),
    () => new DnsRecord('it', { ...dns, content: WAN4 }, { import: 'zone/foreign', retainOnDelete: true }),
    /would stay in DNS when the stack goes/u,
  ],
  [
    'a token in an input',
    planOf(),
    () => new DnsRecord('it', { ...dns, content: WAN4, comment: TOKEN }),
    /CLOUDFLARE_API_TOKEN would be stored in clear/u,
  ],
])('the program declares %s', async (_, plan, declare, expected) => {
  expect(await declaring(plan, declare)).toMatch(expected);
});
