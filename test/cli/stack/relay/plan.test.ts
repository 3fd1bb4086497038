import { describe, expect, test } from 'vitest';
import type { Identity } from '../../../../src/model/identity.ts';
import type { RelayPlan } from '../../../../src/model/relay-plan.ts';
import { reach } from '../../../support/evidence.ts';
import { deadOutside, LINE, ownAddresses, zone } from '../../../support/home.ts';
import { LAN4, NAME, SERVICE, STABLE6, WAN4 } from '../../../support/names.ts';
import { planned, type Wish } from './planning.ts';

const WEB: Identity = {
  kind: 'http',
  status: 301,
  server: null,
  location: null,
  title: null,
  bodySha256: 'a'.repeat(64),
};
const NOBODY: Identity = { kind: 'none', why: 'closed' };
const HERE = { region: 'eu-central-1' };

async function planOf(wish: Wish = {}): Promise<RelayPlan> {
  const found = await planned({ ...wish, relay: { ...HERE, ...wish.relay } });
  if (!found.ok || found.plan === null) throw new Error(found.text);
  return found.plan;
}

async function refusal(wish: Wish): Promise<string> {
  const found = await planned({ ...wish, relay: { ...HERE, ...wish.relay } });
  if (found.ok) throw new Error('it is planned');
  return found.text.replaceAll(/\s+/gu, ' ');
}

const shown = ({ settings }: RelayPlan): string[] =>
  settings.services.map(({ kind, port, origin }) => `${kind}:${port} > ${origin.host} ${origin.port}`);

describe('the text of a plan', () => {
  test('says what is rented and why there, what it costs, what changes, and what comes at the end', async () => {
    const found = await planned({
      around: {
        near: { 'eu-central-1': 9, 'eu-west-3': 17 },
        http: { ok: true, status: 200, headers: { 'alt-svc': 'h3=":443"; ma=86400' }, body: '', ms: 1 },
        identify: (port) => (port === 80 ? WEB : NOBODY),
      },
    });
    // The last paragraph says which credentials there are.
    expect(found.text.split('\n  !')[0]).toMatchInlineSnapshot(`
      "Plan for home.example.org: relay, stack home-example-org
        A host at AWS Lightsail in Frankfurt (eu-central-1), size nano, with Debian
          the nearest of 2 regions: 9 ms there and back from this machine, before
            Paris with 17 ms
        It forwards
          443 TCP  TLS for home.example.org   to home.example.org:443
          80 TCP   HTTP for home.example.org  to home.example.org:80
          443 UDP  all datagrams              to home.example.org:443
        It costs $5 a month
          with 1024 GB of traffic a month, in and out: enough to relay 512 GB; each
            GB out beyond costs $0.09
        What changes for people
          IPv4 users reach home.example.org by the relay; IPv6 users go straight to
            it as before
          TLS stays between the users and the server: the relay holds no key and
            reads nothing
          on port 443 and 80 the server sees the relay's IPv6 address as that of
            every IPv4 user
        You write in DNS, where the zone is kept; reach4 up prints the address
          A  home.example.org  the relay's address  TTL 60 s
        Later
          The host follows the AAAA record: a new prefix at home needs no deployment
          It installs security updates by itself, and restarts for them at 04:30
            UTC, only when it has to
          A change of this plan starts a second host; when that was seen to forward,
            the address moves to it, with a gap of some seconds, because Lightsail
            takes an address away before it gives it to another
        When the stack goes (reach4 down, pulumi destroy)
          first you delete the A record; before that, nothing is released
          then waits 60 s, until no cache names the address any more; the relay
            serves until then
          last of all the address and the host go: a released address is given to
            strangers, so nothing may lead there
        Rights at AWS, the least that it needs, as JSON for IAM
          reach4 plan --remedy relay --iam-policy > policy.json
      "
    `);
  });

  test('of EC2: about that price, without a gap, and with the traffic of the account', async () => {
    const found = await planned({ relay: { ...HERE, host: 'ec2' } });
    const text = found.text.replaceAll(/\s+/gu, ' ');
    expect(text).toContain('A host at AWS EC2 in Frankfurt (eu-central-1), size t4g.nano');
    expect(text).toContain(
      'It costs about $7.36 a month with 100 GB out a month, which all hosts of the account share',
    );
    expect(text).toContain('the address moves to it, with no gap');
  });

  test.each([60, 40, 20])('fits %s columns', async (width) => {
    const { text } = await planned({ relay: HERE, around: { page: { width } } });
    const tooLong = text
      .split('\n')
      .filter((line) => line.length > Math.max(width, 34) && !/\S{20}/u.test(line));
    expect(tooLong).toEqual([]);
  });

  test('with the records that are there, by hand', async () => {
    const found = await planned({
      relay: HERE,
      around: { names: { [NAME]: { A: [WAN4], AAAA: [STABLE6] } } },
    });
    expect(found.text).toContain(`A  ${NAME}  ${WAN4} -> the relay's address`);
    expect(found.text).toContain('first you delete the A record');
  });
});

describe('what is forwarded', () => {
  test('the target, and what belongs to it, where it answers', async () => {
    expect(shown(await planOf({ around: { identify: (port) => (port === 80 ? WEB : NOBODY) } }))).toEqual([
      `tls:443 > ${NAME} 443`,
      `http:80 > ${NAME} 80`,
    ]);
    const found = await planned({ relay: HERE });
    expect(found.text).toContain('Port 80 is not forwarded: nothing answered there over IPv6');
    expect(shown(await planOf())).toEqual([`tls:443 > ${NAME} 443`]);
  });

  test('what the user says, and names that lead to it', async () => {
    const plan = await planOf({
      relay: { services: ['tls:443:home.example.org,blog.example.org', 'tcp:2222@nas.example.org:22'] },
      around: { names: { 'nas.example.org': { AAAA: [STABLE6] } } },
    });
    expect(shown(plan)).toEqual([`tls:443 > ${NAME} 443`, 'tcp:2222 > nas.example.org 22']);
    expect(plan.dns.records.map(({ name }) => name)).toEqual([NAME, 'blog.example.org']);
  });

  test('an address, with no name to write in DNS', async () => {
    const plan = await planOf({
      scene: { target: `[${STABLE6}]:22`, evidence: [ownAddresses(LAN4, STABLE6), reach(STABLE6), ...LINE] },
    });
    expect(shown(plan)).toEqual([`tcp:22 > ${STABLE6} 22`]);
    expect(plan.dns).toEqual({ provider: 'manual', records: [] });
  });
});

describe('planned again', () => {
  test('keeps its mark, what it forwards, where it stands and when it may restart', async () => {
    const earlier = await planOf({
      relay: { services: ['tcp:22'], rebootAt: '23:15', outside: 'http://vps.example.net:4460' },
    });
    const again = await planOf({ planning: { earlier }, relay: { region: null } });
    expect(again).toEqual(earlier);
  });

  test('changes what is said, and only that', async () => {
    const earlier = await planOf();
    const again = await planOf({
      planning: { earlier },
      relay: { region: 'eu-west-1', services: ['tcp:22'] },
    });
    expect(again.id).toBe(earlier.id);
    expect(again.host.region).toBe('eu-west-1');
    expect(shown(again)).toEqual([`tcp:22 > ${NAME} 22`]);
  });

  test('two stacks have different marks', async () => {
    expect((await planOf()).id).not.toBe((await planOf()).id);
    expect((await planOf()).id).toMatch(/^[0-9a-f]{12}$/u);
  });
});

describe('nothing is planned', () => {
  const SIX_DEAD = [...LINE, ...zone([]), reach(STABLE6), deadOutside(STABLE6)];

  test.each<[string, Wish, RegExp]>([
    [
      'for an IPv4 address',
      { scene: { target: `${WAN4}:443` } },
      /is an IPv4 address, and a relay leads to/u,
    ],
    ['where IPv6 fails', { scene: { evidence: SIX_DEAD } }, /doesn't answer over IPv6 either/u],
    ['to port 25', { relay: { services: ['tcp:25'] } }, /connect to no port 25.*--service tcp:25@:2525/u],
    [
      'for two on one port',
      { relay: { services: ['tcp:443', 'tls:443'] } },
      /Port 443 \(tcp\) is wanted by two/u,
    ],
    [
      'to a name without an address',
      { relay: { services: ['tcp:22@nas.example.org'] } },
      /nas\.example\.org has no AAAA record/u,
    ],
    [
      'to a name that leads home',
      {
        relay: { services: ['tcp:22@nas.example.org'] },
        around: { names: { 'nas.example.org': { AAAA: ['fd00::5'] } } },
      },
      /nas\.example\.org leads to fd00::5, which is no public address/u,
    ],
  ])('%s', async (_, wish, sentence) => {
    const text = await refusal(wish);
    expect(text).toMatch(sentence);
    expect(text).toContain('Nothing has been written or changed.');
  });

  test.each<[string, Wish, RegExp]>([
    ['a region that there is', { relay: { region: 'eu-central-9' } }, /--region "eu-central-9" is none/u],
    ['a size', { relay: { size: 'huge' } }, /--size "huge" is no size.*nano, micro, small/u],
    ['a time', { relay: { rebootAt: '25:00' } }, /--reboot-at "25:00" is no time/u],
    ["an agent's URL", { relay: { outside: 'vps' } }, /isn't an agent's URL/u],
    ['a service', { relay: { services: ['web'] } }, /--service "web" can't be forwarded/u],
    ['a port', { relay: { proxyProtocol: ['all'] } }, /--proxy-protocol "all" is no port/u],
    ['a port of its own', { relay: { proxyProtocol: ['80'] } }, /--proxy-protocol 80 names no service.*443/u],
    ['flags for it', { flags: { leaveContent: true } }, /is for --remedy a-record/u],
    [
      'a region, seen from elsewhere',
      { scene: { vantage: 'outside' }, relay: { region: null } },
      /--region REGION/u,
    ],
    ['a region, where none answers', { relay: { region: null } }, /none of them answers from here/u],
  ])('without %s', async (_, wish, sentence) => {
    await expect(planned({ ...wish, relay: { ...HERE, ...wish.relay } })).rejects.toThrow(sentence);
  });

  test('but a relay that is up is planned again, whatever ails the server', async () => {
    const earlier = await planOf();
    const deployment = {
      resources: [{ type: 'pulumi:pulumi:Stack', outputs: { address: '81.2.99.130', host: 'h' } }],
    };
    const again = await planOf({ scene: { evidence: SIX_DEAD }, planning: { earlier, deployment } });
    expect(again.id).toBe(earlier.id);
  });

  test('that would lead to the relay itself', async () => {
    const text = await refusal({
      relay: { services: ['tcp:22@nas.example.org'] },
      around: { names: { 'nas.example.org': { AAAA: ['2a05::7'] } } },
      planning: {
        deployment: {
          resources: [{ type: 'pulumi:pulumi:Stack', outputs: { address: '2a05::7', host: 'h' } }],
        },
      },
    });
    expect(text).toMatch(/leads to the relay itself/u);
  });
});

describe('the PROXY protocol', () => {
  const wish = (identity: Identity): Wish => ({
    relay: { proxyProtocol: ['443'] },
    around: { identify: (_, hint) => (hint.preamble === undefined ? NOBODY : identity) },
  });

  test('is used where the server was seen to take it', async () => {
    const plan = await planOf(wish(SERVICE));
    expect(plan.settings.services).toMatchObject([{ kind: 'tls', port: 443, proxyProtocol: true }]);
    const { text } = await planned({ ...wish(SERVICE), relay: { ...HERE, proxyProtocol: ['443'] } });
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(
      'on port 443 it is told their own addresses (PROXY protocol)',
    );
  });

  test('is refused where it was not', async () => {
    await expect(planOf(wish(NOBODY))).rejects.toThrow(
      /home\.example\.org:443 does not answer as itself behind a PROXY header.*--service tls:443@:8443/u,
    );
    await expect(
      planOf({ ...wish(NOBODY), relay: { services: ['tcp:25565'], proxyProtocol: ['25565'] } }),
    ).rejects.toThrow(/can't be told from here/u);
  });
});

test('the rights, and nothing else, as JSON', async () => {
  const found = await planned({ relay: { ...HERE, iamPolicy: true } });
  expect(found).toMatchObject({ ok: true, plan: null });
  expect(JSON.parse(found.text)).toMatchObject({ Version: '2012-10-17' });
});
