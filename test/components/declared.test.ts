import { describe, expect, test } from 'vitest';
import { type Declared, type Fault, faultSentence, faultsOf, LATER } from '../../src/components/declared.ts';
import {
  DNS_RECORD_TYPE,
  HOSTED_SETS_TYPE,
  NAME_RECORDS_TYPE,
  RECORD_SET_TYPE,
} from '../../src/components/type-names.ts';
import type { Plan } from '../../src/model/plan.ts';
import { NAME, OLD4, OLD6, OTHER4, STABLE6, WAN4 } from '../support/names.ts';
import { edgePlan } from './edge-plans.ts';
import { planOf, record, recordBefore } from './plans.ts';
import { atCloudflare, relayPlanOf } from './relay-plans.ts';

const NO_SECRETS = new Map<string, string>();
const records = planOf({ proven: [WAN4] });
const relay = relayPlanOf(atCloudflare());
const edge = edgePlan();

const declared = (type: string, inputs: object, stays: Declared['stays'] = null): Declared => ({
  type,
  name: 'it',
  inputs: { ...inputs },
  stays,
});
const codes = (plan: Plan, what: Declared, secrets = NO_SECRETS): string[] =>
  faultsOf(plan, what, secrets).map(({ code }) => code);

describe('ports', () => {
  const lightsail = (...portInfos: object[]) =>
    declared('aws:lightsail/instancePublicPorts:InstancePublicPorts', { portInfos });
  const group = (...ingress: object[]) => declared('aws:ec2/securityGroup:SecurityGroup', { ingress });
  const port = (fromPort: unknown, toPort = fromPort, protocol: unknown = 'tcp') => ({
    protocol,
    fromPort,
    toPort,
  });
  const icmp = port(-1, -1, 'icmpv6');

  test.each<[string, Plan, Declared, string[]]>([
    ['those of the services', relay, lightsail(port(443), icmp), []],
    ['those of the services, at EC2', relay, group(port(443), icmp), []],
    ['SSH', relay, lightsail(port(443), port(22)), ['port']],
    ['SSH, at EC2', relay, group(port(22)), ['port']],
    ['a range around one', relay, group(port(443, 444)), ['port']],
    ['every port', relay, group(port(0, 0, '-1')), ['port']],
    ['the other protocol', relay, group(port(443, 443, 'udp')), ['port']],
    ['one that is known later', relay, group(port(LATER)), ['port']],
    [
      'rules that are known later',
      relay,
      declared('aws:ec2/securityGroup:SecurityGroup', { ingress: LATER }),
      ['port'],
    ],
    [
      'a rule of its own',
      relay,
      declared('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule', {
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
      }),
      ['port'],
    ],
    ['any, where nothing is forwarded', records, lightsail(port(443)), ['port']],
    ['what is no opening', relay, declared('aws:ec2/vpc:Vpc', { fromPort: 22 }), []],
  ])('%s', (_, plan, what, expected) => {
    expect(codes(plan, what)).toEqual(expected);
  });
});

describe('addresses', () => {
  const dns = (content: unknown, type = 'A') => declared(DNS_RECORD_TYPE, { type, name: NAME, content });
  const set = (...all: unknown[]) => declared(RECORD_SET_TYPE, { type: 'A', name: NAME, records: all });
  const name = (...all: object[]) => declared(NAME_RECORDS_TYPE, { records: all });
  const hosted = (type: string, ...values: unknown[]) =>
    declared(HOSTED_SETS_TYPE, { wanted: [{ type, values }], previous: [], back: [] });
  const left = planOf({
    records: [record({ content: OTHER4, leaveContent: true, adopt: { recordId: 'old' } })],
  });

  test.each<[string, Plan, Declared, string[]]>([
    ['one that was proved', records, dns(WAN4), []],
    ['one that was not', records, dns(OLD4), ['address']],
    ['one that nobody knows yet, where the stack holds none', records, dns(LATER), ['address']],
    ['one that is left to its keeper', left, dns(OTHER4), []],
    ['a set with one too many', records, set(WAN4, OLD4), ['address']],
    ['what is no address', records, dns('text', 'TXT'), []],
    ["a relay's own", relay, dns(LATER), []],
    ["a relay's own, in a set", relay, set(LATER), []],
    ["one that somebody wrote into a relay's plan", relay, dns(WAN4), ['address']],
    ['behind the proxy, proved', edge, name({ type: 'AAAA', content: STABLE6 }), []],
    ['behind the proxy, left to its keeper', edge, name({ type: 'AAAA', content: null }), []],
    ['behind the proxy, not proved', edge, name({ type: 'AAAA', content: OLD6 }), ['address']],
    ['of an origin at Route 53, proved', edge, hosted('AAAA', STABLE6), []],
    ['of an origin at Route 53, not proved', edge, hosted('AAAA', OLD6), ['address']],
    ['an alias, or a name', edge, hosted('CNAME', 'x.example.net'), []],
    [
      'beside it, an A',
      edge,
      name({ type: 'AAAA', content: STABLE6 }, { type: 'A', content: OLD4 }),
      ['address'],
    ],
  ])('%s', (_, plan, what, expected) => {
    expect(codes(plan, what)).toEqual(expected);
  });
});

describe('what would stay', () => {
  const stays = (importedFrom: string | null): Declared =>
    declared(DNS_RECORD_TYPE, { type: 'A', content: WAN4 }, { importedFrom });
  const taken = planOf({
    proven: [WAN4],
    previous: [recordBefore()],
    records: [record({ adopt: { recordId: 'old' } })],
  });

  test('only what comes back, or was left', () => {
    expect(codes(taken, stays('zone/old'))).toEqual([]);
    expect(codes(taken, stays('zone/other'))).toEqual(['left-behind']);
    expect(codes(taken, stays(null))).toEqual(['left-behind']);
    expect(codes(relay, declared(RECORD_SET_TYPE, {}, { importedFrom: `Z_${NAME}_A` }))).toEqual([
      'left-behind',
    ]);
  });

  test('an AAAA at Route 53 that is replaced comes back', () => {
    const six = { type: 'AAAA', values: [STABLE6] };
    const sets = (wanted: object[], back: object[]) =>
      declared(HOSTED_SETS_TYPE, { wanted, previous: [six, { type: 'A', values: [OLD4] }], back });
    expect(codes(edge, sets([six], [six]))).toEqual([]);
    expect(codes(edge, sets([six], []))).toEqual(['left-behind']);
    // It stays as it is.
    expect(codes(edge, sets([{ type: 'A', values: [] }], []))).toEqual([]);
  });

  test('a set that is made: only in the place of one of that name and type', () => {
    const old = { type: 'A', name: NAME, ttl: 60, values: [OLD4] } as const;
    const set = { ...old, values: [WAN4], adopt: null, leaveContent: false } as const;
    const hosted = (more: object): Plan =>
      ({ ...planOf(), provider: 'route53', records: [set], previous: [old], ...more }) as unknown as Plan;
    const stays = (type: string, name = NAME) =>
      declared(RECORD_SET_TYPE, { type, name }, { importedFrom: null });
    expect(codes(hosted({}), stays('A'))).toEqual([]);
    expect(codes(hosted({}), stays('AAAA'))).toEqual(['left-behind']);
    expect(codes(hosted({}), stays('A', 'www.example.org'))).toEqual(['left-behind']);
    expect(codes(hosted({ restore: false }), stays('A'))).toEqual(['left-behind']);
    expect(codes(hosted({ previous: [] }), stays('A'))).toEqual(['left-behind']);
  });
});

describe('secrets', () => {
  const secrets = new Map([['CLOUDFLARE_API_TOKEN', 'not-to-be-stored-anywhere']]);
  test('wherever they hide', () => {
    const hidden = declared('x', { a: [{ b: 'Bearer not-to-be-stored-anywhere' }] });
    expect(codes(relay, hidden, secrets)).toEqual(['secret']);
    expect(codes(relay, declared('x', { 'not-to-be-stored-anywhere': 1 }), secrets)).toEqual(['secret']);
    expect(codes(relay, declared('x', { a: 'no', b: LATER, c: null }), secrets)).toEqual([]);
  });
});

test('each in one sentence, and none names a secret', () => {
  const faults: Fault[] = [
    { code: 'port', port: 'tcp 22-22' },
    { code: 'address', name: 'it', address: OLD4 },
    { code: 'left-behind', name: 'it' },
    { code: 'secret', variable: 'CLOUDFLARE_API_TOKEN' },
  ];
  for (const fault of faults) expect(faultSentence(fault)).toMatch(/^[A-Zi].*\.$/u);
});
