import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { program } from '../../stacks/program.ts';
import { underMocks } from '../components/mocks.ts';
import { planOf, record, recordBefore } from '../components/plans.ts';
import { OLD4, STABLE6 } from '../support/names.ts';

const HOLDER = 'pulumi-nodejs:dynamic/reach4:PreviousRecords';

function configure(plan: unknown): void {
  pulumi.runtime.setAllConfig(plan === undefined ? {} : { 'reach4:plan': JSON.stringify(plan) });
}
const run = (plan: Plan) => {
  configure(plan);
  return underMocks(program);
};

beforeEach(() => {
  vi.stubEnv('CLOUDFLARE_API_TOKEN', 'x'.repeat(40));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('what is wrong is said in one sentence, before anything is registered', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'no plan',
      undefined,
      /^There is no plan in Pulumi\.\S+\.yaml; expected the one that `reach4 plan` writes\.$/u,
    ],
    [
      'a later plan',
      { ...planOf(), schema: 'reach4/plan/2' },
      /^The plan in Pulumi\.\S+\.yaml can't be used: .*schema.*; write it anew with `reach4 plan`\.$/u,
    ],
    [
      'an address of the other family',
      { ...planOf(), records: [record({ content: STABLE6 })] },
      /not of the record type/u,
    ],
  ])('%s', async (_, plan, sentence) => {
    configure(plan);
    const error: unknown = await program().catch((thrown: unknown) => thrown);
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(sentence);
  });

  test('no token', async () => {
    vi.stubEnv('CLOUDFLARE_API_TOKEN', '');
    configure(planOf());
    await expect(program()).rejects.toThrow(/^CLOUDFLARE_API_TOKEN is not set; expected/u);
  });
});

describe('the resources of a plan', () => {
  test('a holder, always, and each record', async () => {
    const all = await run(planOf({ records: [record(), record({ type: 'AAAA', content: STABLE6 })] }));
    expect(all.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      'cloudflare:index/dnsRecord:DnsRecord home.example.org-A',
      'cloudflare:index/dnsRecord:DnsRecord home.example.org-AAAA',
      `${HOLDER} previous-records`,
      'pulumi:pulumi:Stack reach4-home-example-org',
      'reach4:dns:AddressRecord home.example.org-A',
      'reach4:dns:AddressRecord home.example.org-AAAA',
    ]);
  });

  test('the holder gets what comes back: with --no-restore only the AAAA', async () => {
    const previous = [
      recordBefore(),
      recordBefore({ id: 'six', type: 'AAAA', content: '2a0b:4341:6600::10' }),
    ];
    const held = async (restore: boolean) => {
      const all = await run(planOf({ previous, restore }));
      return all.find(({ type }) => type === HOLDER)?.inputs;
    };
    expect(await held(true)).toMatchObject({ zoneId: 'zone', previous, setAside: [] });
    expect(await held(false)).toMatchObject({ previous: previous.slice(1) });
    const setAside = [{ recordId: 'old', type: 'A', name: 'home.example.org', content: OLD4 }] as const;
    expect(
      (await run(planOf({ setAside: [...setAside] }))).find(({ type }) => type === HOLDER)?.inputs,
    ).toMatchObject({ setAside });
  });
});
