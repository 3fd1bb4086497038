import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import type { Identity } from '../../../src/model/identity.ts';
import {
  type TunnelPlan,
  tunnelHost,
  tunnelName,
  tunnelPlanSchema,
  tunnelRecordsOf,
  tunnelServiceSchema,
} from '../../../src/model/tunnel-plan.ts';
import type { FoundRecord, NameInZone } from '../../../src/model/zone-records.ts';
import { NOTHING_AT_NAME } from '../../../src/remedies/dns-records/cloudflare-name.ts';
import { againstTunnel, planTunnel, type TunnelCase } from '../../../src/remedies/tunnel/plan.ts';
import { AT_CLOUDFLARE } from '../../support/dns-hosts.ts';
import { reach } from '../../support/evidence.ts';
import { listeners, upnp } from '../../support/evidence-host.ts';
import { caseOf, LINE, outside, zone } from '../../support/home.ts';
import { NAME, OLD4, STABLE6, tls, ZONE } from '../../support/names.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const VOUCHED = tls('a', { trusted: true });
const home = (identity: Identity = VOUCHED): Evidence[] => [
  AT_CLOUDFLARE,
  ...LINE,
  reach(STABLE6, { identity }),
  outside(STABLE6, { identity }),
  ...zone([OLD4]),
  outside(OLD4, { outcome: 'timed-out' }),
  upnp('100.64.9.7'),
  listeners(),
];
const diagnosed = (evidence: readonly Evidence[] = home(), target?: string) =>
  judge(caseOf({ evidence, ...(target === undefined ? {} : { target }) }), {
    at: NOW,
    by: '0.0.0',
    complete: true,
  });
const found = (more: Partial<FoundRecord> = {}): FoundRecord => ({
  id: 'six',
  type: 'AAAA',
  name: NAME,
  content: STABLE6,
  ttl: 1800,
  proxied: false,
  comment: 'home',
  tags: ['of:ann'],
  settings: {},
  modifiedOn: '2026-01-01T00:00:00Z',
  ...more,
});
const four = found({ id: 'four', type: 'A', content: OLD4 });
const was = ({ modifiedOn: _, ...record }: FoundRecord) => record;
const held = (more: Partial<NameInZone> = {}): NameInZone => ({
  zone: { id: 'z', name: ZONE, status: 'active' },
  addresses: [found(), four],
  cname: null,
  delegatedAt: null,
  ...more,
});
const flags = {
  adopt: true,
  leaveContent: false,
  ownContent: false,
  restore: true,
  yesLosePorts: false,
  service: null,
};
const decide = (more: Partial<TunnelCase> = {}) =>
  planTunnel({
    diagnosis: diagnosed(),
    held: held(),
    account: { id: 'account', name: 'Ann' },
    flags,
    stack: NOTHING_AT_NAME,
    earlier: null,
    stackName: 'home',
    newId: '0123456789ab',
    now: NOW,
    ...more,
  });
const refused = (more: Partial<TunnelCase>) => {
  const decision = decide(more);
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
};
const notes = (more: Partial<TunnelCase>) => decide(more).notes.map(({ code }) => code);
const planned = (more: Partial<TunnelCase> = {}): TunnelPlan => {
  const decision = decide(more);
  if (!decision.ok) throw new Error(JSON.stringify(decision.refusals));
  return decision.plan;
};

test('the name becomes an alias of the tunnel, and what was there comes back', () => {
  const plan = planned();
  expect(plan).toMatchObject({
    remedy: 'tunnel',
    account: { id: 'account', name: 'Ann' },
    zone: { id: 'z', name: ZONE },
    name: NAME,
    ingress: { service: 'https://localhost:443', originServerName: NAME, noTlsVerify: false },
    previous: [was(found()), was(four)],
    lost: [],
  });
  expect(tunnelName(plan)).toBe(`reach4-0123456789ab-${NAME}`);
  expect(tunnelRecordsOf(plan)).toEqual({
    zoneId: 'z',
    name: NAME,
    record: { type: 'CNAME', ttl: 1, proxied: true, comment: 'reach4 stack home', tags: [], recordId: null },
    previous: plan.previous,
    back: plan.previous,
  });
  expect(tunnelHost('f0')).toBe('f0.cfargotunnel.com');
  expect(tunnelRecordsOf(planned({ flags: { ...flags, restore: false } })).back).toEqual([was(found())]);
});

describe('refused for the target', () => {
  test.each([
    ['ssh://home.example.org', 'not-web'],
    ['udp://home.example.org:27015', 'not-web'],
    [`https://[${STABLE6}]`, 'not-a-name'],
    ['https://home.example.org:444', 'port-not-served'],
  ])('%s', (target, code) => {
    expect(againstTunnel(diagnosed(home(), target)).map((each) => each.code)).toEqual([code]);
    expect(refused({ diagnosis: diagnosed(home(), target) })).toEqual([code]);
  });

  test('where nothing listens', () => {
    const answered = home().filter(({ probe }) => probe !== 'reach' && probe !== 'listeners');
    const refuses = { outcome: 'refused' } as const;
    const none = diagnosed([
      ...answered,
      reach(STABLE6, refuses),
      outside(STABLE6, refuses),
      listeners({ port: 8080 }),
    ]);
    expect(refused({ diagnosis: none })).toEqual(['service-down']);
  });
});

describe('refused for what is at the name', () => {
  test.each<[string, Partial<TunnelCase>, string[]]>([
    ['no zone', { held: null, account: null }, ['no-zone']],
    ['records of somebody', { flags: { ...flags, adopt: false } }, ['exists']],
    ['an alias', { held: held({ addresses: [], cname: 'x.example.net' }) }, ['cname']],
    ['handed over', { held: held({ delegatedAt: NAME }) }, ['delegated']],
    [
      'a zone whose name servers are elsewhere',
      { held: held({ zone: { id: 'z', name: ZONE, status: 'pending' } }) },
      ['zone-not-active'],
    ],
    [
      'kept by dynamic DNS: it would make the record again',
      { held: held({ addresses: [found({ comment: 'ddclient' })] }) },
      ['dynamic'],
    ],
    [
      'the same, and leaving it its content would not do',
      {
        held: held({ addresses: [found({ comment: 'ddclient' })] }),
        flags: { ...flags, leaveContent: true },
      },
      ['dynamic'],
    ],
  ])('%s', (_, more, codes) => {
    expect(refused(more)).toEqual(codes);
  });

  test('not where its own tunnel stands there', () => {
    const stack = {
      ...NOTHING_AT_NAME,
      started: true,
      cnames: ['f0.cfargotunnel.com'],
      previous: [was(four)],
    };
    const plan = planned({ held: held({ addresses: [], cname: 'f0.cfargotunnel.com' }), stack });
    expect(plan.previous).toEqual([was(four)]);
  });
});

describe('other ports of the name', () => {
  const ssh = [...home(), listeners({ port: 22, program: { name: 'sshd', pid: 1, unit: null } })];
  const diagnosis = diagnosed(ssh);

  test('are not lost before somebody says so, and then once', () => {
    expect(refused({ diagnosis })).toEqual(['loses-ports']);
    const agreed = planned({ diagnosis, flags: { ...flags, yesLosePorts: true } });
    expect(agreed.lost).toEqual([{ protocol: 'tcp', port: 22, program: 'sshd' }]);
    expect(refused({ diagnosis, earlier: agreed })).toEqual([]);
    expect(notes({ diagnosis, earlier: agreed })).toContain('lost');
  });

  test('nor where nobody looked', () => {
    const unseen = diagnosed(home().slice(0, -1));
    expect(refused({ diagnosis: unseen })).toEqual(['loses-ports']);
  });
});

describe('where it leads to', () => {
  const ingress = (service: string | null, identity = VOUCHED) =>
    planned({ diagnosis: diagnosed(home(identity)), flags: { ...flags, service } }).ingress;

  test('a certificate that nobody vouches for is taken as it is on the server, and nowhere else', () => {
    const own = tls('a', { trusted: false });
    expect(ingress(null, own)).toMatchObject({ noTlsVerify: true });
    expect(ingress('https://localhost:8443', own)).toMatchObject({ noTlsVerify: true });
    expect(ingress('https://192.168.77.30', own)).toMatchObject({ noTlsVerify: false });
    expect(notes({ diagnosis: diagnosed(home(own)) })).toEqual(['own-certificate']);
  });

  test('as it was told, also by the earlier plan', () => {
    const service = 'http://192.168.77.30:8080';
    const plan = planned({ flags: { ...flags, service } });
    expect(plan.ingress).toEqual({ service, originServerName: null, noTlsVerify: false });
    expect(planned({ earlier: plan }).ingress).toEqual(plan.ingress);
    expect(planned({ earlier: plan }).id).toBe(plan.id);
    expect(notes({ flags: { ...flags, service } })).toEqual(['other-host']);
  });

  test('not to a program that sends everybody to HTTPS', () => {
    const redirect: Identity = {
      kind: 'http',
      status: 301,
      server: 'nginx',
      location: `https://${NAME}/`,
      title: null,
      bodySha256: 'e'.repeat(64),
    };
    const evidence = [...home(redirect).slice(0, -1), listeners({ port: 80 })];
    const diagnosis = diagnosed(evidence, `http://${NAME}`);
    expect(refused({ diagnosis })).toEqual(['redirects']);
    expect(refused({ diagnosis, flags: { ...flags, service: 'https://localhost:443' } })).toEqual([]);
  });

  test.each([
    ['http://localhost', true],
    ['https://[::1]:8443', true],
    ['https://localhost/', false],
    ['https://localhost/admin', false],
    ['https://ann:secret@localhost', false],
    ['https://localhost?x', false],
    ['tcp://localhost:22', false],
    ['localhost:443', false],
    ['http_status:404', false],
  ])('%s', (text, isRight) => {
    expect(tunnelServiceSchema.safeParse(text).success).toBe(isRight);
  });
});

test('a plan that would not work is none', () => {
  const plan = planned();
  const isPlan = (more: object) => tunnelPlanSchema.safeParse({ ...plan, ...more }).success;
  expect(isPlan({})).toBe(true);
  expect(isPlan({ id: '../x' })).toBe(false);
  expect(isPlan({ account: { id: '../x', name: '' } })).toBe(false);
  expect(isPlan({ ingress: { ...plan.ingress, originServerName: null } })).toBe(false);
  expect(isPlan({ ingress: { ...plan.ingress, service: 'http://localhost' } })).toBe(false);
  expect(isPlan({ name: `other.${ZONE}` })).toBe(false);
  expect(isPlan({ previous: [{ ...was(four), name: `other.${ZONE}` }] })).toBe(false);
});
