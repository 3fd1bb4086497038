import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { judge } from '../../../../src/cli/diagnose/judge.ts';
import { type CdnOptions, NO_CDN_OPTIONS } from '../../../../src/cli/stack/cdn/options.ts';
import { cdnStack } from '../../../../src/cli/stack/cdn/stack.ts';
import type { PlanOptions } from '../../../../src/cli/stack/plan-options.ts';
import { NO_RELAY_OPTIONS } from '../../../../src/cli/stack/relay/options.ts';
import type { Planned } from '../../../../src/cli/stack/remedy.ts';
import type { CdnPlan } from '../../../../src/model/cdn-plan.ts';
import { testCredentials } from '../../../engine/aws/api/access.ts';
import { type Aws, startAws } from '../../../engine/aws/api/server.ts';
import { caseOf } from '../../../support/home.ts';
import { NAME, OLD4, STABLE6, ZONE } from '../../../support/names.ts';
import { contextOf, type Surroundings } from '../relay/planning.ts';
import { NO_FLAGS } from '../world.ts';
import { atRoute53 } from './evidence.ts';

const caller = testCredentials('plan');
const now = new Date('2026-11-23T22:00:00Z');
const A = { name: NAME, type: 'A', ttl: 1800, values: [OLD4] };
const AAAA = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };

let aws: Aws;

async function start(records: object[], allow: string[] = ['*'], name = ZONE): Promise<void> {
  aws = await startAws({
    callers: { [caller.accessKeyId]: { allow } },
    zones: [{ name, id: 'Z1', records: records as [] }],
  });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', caller.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', caller.secretAccessKey);
}
beforeEach(() => vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true'));
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function context(around: Surroundings = {}) {
  const made = contextOf(around);
  return { ...made, ports: { ...made.ports, dns: { ...made.ports.dns, nameServers: async () => null } } };
}

function planned(
  flags: Partial<PlanOptions> = {},
  cdn: Partial<CdnOptions> = {},
  around: Surroundings = {},
): Promise<Planned<CdnPlan>> {
  const diagnosis = judge(caseOf({ evidence: atRoute53([OLD4]) }), { at: now, by: '0.0.0', complete: true });
  const options = { ...NO_FLAGS, remedy: 'cdn' as const, ...flags, cdn: { ...NO_CDN_OPTIONS, ...cdn } };
  return cdnStack.plan(
    { diagnosis, staleHours: null, stackName: 'home', earlier: null, deployment: null, options, now },
    context(around),
  );
}

const flat = ({ text }: Planned<CdnPlan>): string => text.replaceAll(/\s+/gu, ' ');

describe('what is said of a plan', () => {
  test('on 80 columns', async () => {
    await start([A, AAAA]);
    const made = await planned({ adopt: true, yesLosePorts: true });
    expect(made.text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(made.text).toMatchInlineSnapshot(`
      "Plan for home.example.org: cdn, stack home
        A distribution at CloudFront answers for home.example.org
          it fetches from origin-home.example.org, over IPv6 only, and caches
            nothing
          with the server it speaks HTTPS on port 443; visitors who come by HTTP are
            sent to HTTPS
          all methods, headers, cookies and WebSocket get through; the certificate
            for visitors is made by ACM and renewed by it
        It costs nothing within what is free: $0 a month
          free each month for the whole account: 1024 GB out and 10 million
            requests; each GB beyond is $0.085 in Europe and North America, more
            elsewhere (as of 2026-10)
        What changes for people
          all visitors of home.example.org come by CloudFront, over IPv4 and IPv6
          the server sees CloudFront as everybody's client; visitors' addresses come
            in X-Forwarded-For
          on other ports than 80 and 443 nothing is reached under the name any more
          TLS ends at CloudFront, which can read along; a certificate that the
            server renews by TLS-ALPN-01 needs HTTP-01 or DNS-01 from now on
          an answer has to begin within 60 seconds; a connection on which nothing is
            said for 10 minutes is closed
        Writes, in the zone example.org at Route 53
          CNAME  _….home.example.org  what ACM asks for, to prove that the name is
            the account's  new
          AAAA  origin-home.example.org  2a0b:4341:7700::10  new, TTL 60 s
          A  home.example.org  81.2.99.77 -> alias of the distribution  taken over
          AAAA  home.example.org  2a0b:4341:7700::10 -> alias of the distribution
            taken over
        In this order, about twelve minutes
          the certificate is requested and validated, the distribution made and
            carried to all edges; DNS moves last, in one request
        When the stack goes (reach4 down, pulumi destroy)
          A 81.2.99.77 comes back (TTL 1800 s), AAAA 2a0b:4341:7700::10 comes back
            (TTL 300 s): first, in one request
          then it waits a minute, until no cache leads visitors to CloudFront; the
            distribution serves until then
          then the distribution is disabled and deleted, which takes some minutes,
            and last the other records and the certificate
        Rights at AWS, the least that it needs, as JSON for IAM
          reach4 plan --remedy cdn --iam-policy > policy.json

        ! origin-home.example.org holds the server's address as it is now. Where the
          provider changes the prefix, plan and bring it up again, or let a dynamic
          DNS client keep a name of its own for it and say --origin-name NAME.
        ! Nothing answers HTTP on port 80 of the server over IPv6, so CloudFront
          sends visitors of http://home.example.org to HTTPS by itself.
      "
    `);
  });

  test('IPv6 left alone', async () => {
    await start([AAAA]);
    const text = flat(await planned({}, { ipv4Only: true }));
    expect(text).toContain('IPv4 visitors of home.example.org come by CloudFront; IPv6 visitors go straight');
    expect(text).not.toContain('taken over');
  });

  test('a name that the user keeps', async () => {
    await start([A, AAAA]);
    const around = { names: { 'dyn.example.net': { AAAA: [STABLE6] } } };
    const made = await planned(
      { adopt: true, yesLosePorts: true },
      { originName: 'Dyn.example.net.' },
      around,
    );
    expect(flat(made)).toContain('dyn.example.net is yours to keep');
    expect(made).toMatchObject({ plan: { origin: { name: 'dyn.example.net', addresses: null } } });
    await expect(planned({}, { originName: 'no name' })).rejects.toThrow(
      /^--origin-name "no name" is no host name/u,
    );
  });
});

test('what is in the way, and what to type', async () => {
  await start([A, AAAA]);
  const made = await planned();
  expect(made.ok).toBe(false);
  expect(made.text).toMatchInlineSnapshot(`
    "No plan for home.example.org
      - There is already home.example.org A 81.2.99.77 (TTL 1800 s) and
        home.example.org AAAA 2a0b:4341:7700::10 (TTL 300 s), which this stack did
        not make. It is not changed unless you say so.
      - What else this server answers was not seen, because the diagnosis was not
        made on it. CloudFront carries the web only: under home.example.org nothing
        else would be reached any more, not even over IPv6.

      ! Nothing answers HTTP on port 80 of the server over IPv6, so CloudFront
        sends visitors of http://home.example.org to HTTPS by itself.

    Nothing has been written or changed. To go on:
      reach4 plan --remedy cdn --ipv4-only --adopt
          IPv6 visitors go straight to the server as before
      reach4 plan --remedy cdn --adopt --yes-lose-ports
          nobody uses them under home.example.org
      or give them a name of their own first, such as direct.example.org (AAAA only);
      or give the web one, such as web.example.org, and diagnose that
    "
  `);
});

describe('CAA records', () => {
  const issue = (value: string) => ({ critical: false, tag: 'issue', value });
  const adopting = { adopt: true, yesLosePorts: true };
  const withCaa = (caa: Surroundings['caa']) => planned(adopting, {}, caa === undefined ? {} : { caa });

  test('that let others issue are in the way, with what to add', async () => {
    await start([A, AAAA]);
    const made = await withCaa({ [ZONE]: [issue('letsencrypt.org'), issue('pki.goog')] });
    expect(made.ok).toBe(false);
    expect(made.text).toMatchInlineSnapshot(`
      "No plan for home.example.org
        - The CAA records of example.org let only letsencrypt.org and pki.goog issue
          certificates for home.example.org, and CloudFront's comes from Amazon; add
          example.org CAA 0 issue "amazon.com" beside them, and plan again.

      Nothing has been written or changed.
      "
    `);
  });

  test('that let nobody, or that authorities do not know', async () => {
    await start([A, AAAA]);
    expect(flat(await withCaa({ [NAME]: [issue(';')] }))).toContain(
      `The CAA records of ${NAME} don't let anybody issue certificates for ${NAME}`,
    );
    const odd = [issue('amazon.com'), { critical: true, tag: 'tbs', value: 'x' }];
    expect(flat(await withCaa({ [NAME]: odd }))).toContain(
      `have a critical one that authorities don't know ("tbs"), so none may issue`,
    );
  });

  test.each([
    ["the name's own count, not those above it", { [NAME]: [issue('amazon.com')], [ZONE]: [issue(';')] }],
    ['there are none', {}],
    ['no resolver tells', undefined],
  ])('are not in the way where %s', async (_, caa) => {
    await start([A, AAAA]);
    expect((await withCaa(caa)).ok).toBe(true);
  });
});

test('no zone of the account holds the name', async () => {
  await start([], ['*'], 'example.net');
  expect(flat(await planned())).toContain(
    'No public zone of the AWS account holds home.example.org (it has example.net); expected credentials',
  );
});

test('the rights are printed for whoever has none yet', async () => {
  await start([A, AAAA], []);
  const made = await planned({ relay: { ...NO_RELAY_OPTIONS, iamPolicy: true } });
  expect(made).toMatchObject({ ok: true, plan: null });
  const { Statement } = JSON.parse(made.text) as { Statement: { Sid: string; Resource: string }[] };
  expect(Statement.find(({ Sid }) => Sid === 'Route53Write')?.Resource).toBe(
    'arn:aws:route53:::hostedzone/*',
  );
});

describe('before anything is changed', () => {
  const rights = [
    'acm:*',
    'cloudfront:*',
    'route53:List*',
    'route53:GetHostedZone',
    'route53:ChangeResourceRecordSets',
  ];
  const plan = async (): Promise<CdnPlan> => {
    const made = await planned({ adopt: true, yesLosePorts: true });
    if (!made.ok || made.plan === null) throw new Error(made.text);
    return made.plan;
  };

  test('each right is asked for, and nothing is made by it', async () => {
    await start([A, AAAA], rights);
    await cdnStack.checkAccess(await plan(), context());
    expect(aws.exists()).toEqual([]);
  });

  test.each([
    ['acm:*', 'acm:RequestCertificate'],
    ['cloudfront:*', 'cloudfront:CreateDistribution'],
    [
      'route53:ChangeResourceRecordSets',
      'route53:ChangeResourceRecordSets for the A record of home.example.org',
    ],
  ])('without %s', async (right, action) => {
    await start(
      [A, AAAA],
      rights.filter((each) => each !== right),
    );
    await expect(cdnStack.checkAccess(await plan(), context())).rejects.toThrow(
      `The credentials for AWS don't allow ${action}`,
    );
    expect(aws.exists()).toEqual([]);
  });
});
