import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test } from 'vitest';
import { type RelayNames, relayDns } from '../../src/components/relay-dns.ts';
import type { RelayService } from '../../src/model/relay.ts';
import type { RelayPlan } from '../../src/model/relay-plan.ts';
import { NAME, OLD4, OTHER4, STABLE6, VPS4 } from '../support/names.ts';
import { type Registered, underMocks } from './mocks.ts';
import { recordBefore } from './plans.ts';
import { atCloudflare, atRoute53, byHand, relayPlanOf } from './relay-plans.ts';

const CLOUDFLARE = 'cloudflare:index/dnsRecord:DnsRecord';
const ROUTE53 = 'aws:route53/record:Record';
const HOLD = 'pulumi-nodejs:dynamic/reach4:AddressHold';
const RECORDS_BEFORE = 'pulumi-nodejs:dynamic/reach4:PreviousRecords';
const SETS_BEFORE = 'pulumi-nodejs:dynamic/reach4:PreviousRecordSets';

/** What a plan makes, by type, in the order of registration. */
async function made(plan: RelayPlan): Promise<{ all: Registered[]; names: RelayNames }> {
  let names: RelayNames | undefined;
  const all = await underMocks(async () => {
    names = relayDns(plan, pulumi.output(VPS4), []);
    await Promise.all(names.resources.map(({ urn }) => new Promise((resolve) => urn.apply(resolve))));
  });
  if (names === undefined) throw new Error('nothing was made');
  return { all: all.filter(({ custom }) => custom), names };
}

const of = (all: readonly Registered[], type: string): Registered[] => all.filter((one) => one.type === type);

describe('at Cloudflare', () => {
  test('a new record leads to the address, unproxied, and the hold knows how long', async () => {
    const { all, names } = await made(relayPlanOf(atCloudflare()));
    expect(of(all, CLOUDFLARE)).toMatchObject([
      {
        name: `${NAME}-A`,
        importId: '',
        inputs: { zoneId: 'zone', name: NAME, type: 'A', content: VPS4, ttl: 60, proxied: false },
      },
    ]);
    expect(of(all, HOLD)).toMatchObject([
      { inputs: { address: VPS4, names: [NAME], ttl: 60, records: 'ours' } },
    ]);
    expect(of(all, RECORDS_BEFORE)).toMatchObject([{ inputs: { previous: [], setAside: [] } }]);
    expect(names.byHand).toBe(false);
  });

  test('an adopted record is imported, and the others of the name are set aside', async () => {
    const aside = { recordId: 'other', type: 'A', name: NAME, content: OTHER4 } as const;
    const before = [recordBefore(), recordBefore({ id: 'other', content: OTHER4 })];
    const { all } = await made(
      relayPlanOf(
        atCloudflare({
          records: [{ name: NAME, ttl: 60, comment: 'home', tags: ['a:b'], adopt: { recordId: 'old' } }],
          setAside: [aside],
          previous: before,
        }),
      ),
    );
    expect(of(all, CLOUDFLARE)).toMatchObject([
      { importId: 'zone/old', inputs: { tags: ['a:b'], content: VPS4 } },
    ]);
    expect(of(all, RECORDS_BEFORE)).toMatchObject([{ inputs: { previous: before, setAside: [aside] } }]);
  });

  test('without --restore nothing comes back', async () => {
    const { all } = await made(relayPlanOf(atCloudflare({ previous: [recordBefore()], restore: false })));
    expect(of(all, RECORDS_BEFORE)).toMatchObject([{ inputs: { previous: [] } }]);
  });

  test('the TTL "automatic" is five minutes in caches', async () => {
    const record = { name: NAME, ttl: 1, comment: null, tags: [], adopt: null };
    const { all, names } = await made(relayPlanOf(atCloudflare({ records: [record] })));
    expect(of(all, HOLD)).toMatchObject([{ inputs: { ttl: 300 } }]);
    expect(names.records).toMatchObject([{ ttl: 300 }]);
  });
});

describe('at Route 53', () => {
  test('a new record set never overwrites one', async () => {
    const { all } = await made(relayPlanOf(atRoute53()));
    const [record] = of(all, ROUTE53);
    expect(record).toMatchObject({
      importId: '',
      inputs: { zoneId: 'Z0123456789', name: NAME, type: 'A', ttl: 60, records: [VPS4] },
    });
    expect(record?.inputs).not.toHaveProperty('allowOverwrite', true);
  });

  test('an adopted one is imported, and what it was is held', async () => {
    const previous = [{ type: 'A' as const, name: NAME, ttl: 300, values: [OLD4, OTHER4] }];
    const { all } = await made(
      relayPlanOf(atRoute53({ records: [{ name: NAME, ttl: 60, adopt: true }], previous })),
    );
    expect(of(all, ROUTE53)).toMatchObject([{ importId: `Z0123456789_${NAME}_A` }]);
    expect(of(all, SETS_BEFORE)).toMatchObject([{ inputs: { zoneId: 'Z0123456789', previous } }]);
  });
});

test('by hand nothing is written, and the outputs tell what to write', async () => {
  const { all, names } = await made(relayPlanOf(byHand()));
  expect(all.map(({ type }) => type)).toEqual([HOLD]);
  expect(all).toMatchObject([{ inputs: { address: VPS4, names: [NAME], ttl: 60, records: 'by-hand' } }]);
  expect(names).toMatchObject({ byHand: true, records: [{ name: NAME, type: 'A', ttl: 60 }] });
});

test('without a name there is nothing to look at, by hand either', async () => {
  const plan = relayPlanOf(byHand({ records: [] }));
  const tcp: RelayService = {
    kind: 'tcp',
    port: 22,
    origin: { host: STABLE6, port: 22 },
    proxyProtocol: false,
  };
  const { all, names } = await made({ ...plan, settings: { ...plan.settings, services: [tcp] } });
  expect(of(all, HOLD)).toMatchObject([{ inputs: { names: [] } }]);
  expect(names.records).toEqual([]);
});

test('the hold looks at every name that the relay serves, each once', async () => {
  const plan = relayPlanOf(atRoute53());
  const origin = { host: NAME, port: 80 };
  const http: RelayService = {
    kind: 'http',
    port: 80,
    origin,
    names: [NAME, 'www.example.net'],
    proxyProtocol: false,
  };
  const { all } = await made({
    ...plan,
    settings: { ...plan.settings, services: [...plan.settings.services, http] },
  });
  expect(of(all, HOLD)).toMatchObject([{ inputs: { names: [NAME, 'www.example.net'] } }]);
});
