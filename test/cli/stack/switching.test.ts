import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { Answer } from 'dns-packet';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { up } from '../../../src/cli/stack/provision.ts';
import { NO_RELAY_OPTIONS } from '../../../src/cli/stack/relay/options.ts';
import { PLAN_CONFIG } from '../../../src/model/plan.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { testCredentials } from '../../engine/aws/api/access.ts';
import { startAws } from '../../engine/aws/api/server.ts';
import { startAwsProvider } from '../../engine/aws/provider/start.ts';
import { tunnelEdit } from '../../engine/cloudflare/api/access.ts';
import { makeCertificate } from '../../ports/node/certificate.ts';
import { AA, a, replyTo, startDnsServer } from '../../ports/node/dns-server.ts';
import { AT_CLOUDFLARE } from '../../support/dns-hosts.ts';
import { reach } from '../../support/evidence.ts';
import { listeners, upnp } from '../../support/evidence-host.ts';
import { caseOf, LINE, outside, zone } from '../../support/home.ts';
import { NAME, OLD4, PROXY4, PROXY6, STABLE6, tls } from '../../support/names.ts';
import { type World, world } from './world.ts';

/** ms: six commands of the engine, one of which builds a relay. */
const LONG = 600_000;
/** ms between two questions, and the longest that the name may have no IPv4 address. */
const ASK_EVERY = 100;
const LONGEST_GAP = 5_000;

/** One of Cloudflare's ports for HTTPS that needs no rights here. */
const PORT = 8443;
/** The address that the stand-in for AWS gives first. */
const ADDRESS = '127.86.0.1';

const LAST = { stack: null };
const A = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300, comment: 'six' };
const BEFORE = [`A ${NAME} ${OLD4} 1800 dns home`, `AAAA ${NAME} ${STABLE6} 300 dns six`];

const caller = testCredentials('switching');

/** An account at AWS whose relays serve here: host N is 127.85.N.x, and the address that outlives it 127.86.0.1. */
async function withAws(the: World) {
  const aws = await startAws({
    callers: { [caller.accessKeyId]: {} },
    instanceAddresses: (ordinal, turn) => ({ publicIpv4: `127.85.${ordinal}.${turn}`, ipv6: '::1' }),
    staticAddress: (ordinal) => `127.86.0.${ordinal}`,
  });
  const credentials = {
    AWS_ACCESS_KEY_ID: caller.accessKeyId,
    AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const provider = await startAwsProvider({
    endpoint: aws.url,
    environment: { ...credentials, AWS_REGION: 'us-east-1' },
  });
  Object.assign(the.env, credentials, {
    PULUMI_DEBUG_PROVIDERS: `${the.env.PULUMI_DEBUG_PROVIDERS},${provider.attach}`,
    REACH4_RELEASE_ANYWAY: ADDRESS,
    REACH4_PROOF_SECONDS: '30',
    REACH4_CONNECTOR_SECONDS: '30',
  });
  // AWS's clients read the process's own.
  const before = Object.keys(credentials).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, credentials);
  return {
    aws,
    [Symbol.asyncDispose]: async () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await provider[Symbol.asyncDispose]();
      await aws.stop();
    },
  };
}

/** The server itself, as it answers at home and through every relay. */
async function service() {
  const { cert, key, spkiSha256 } = await makeCertificate();
  const server = createServer({ cert, key }, (socket) => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  server.listen(PORT, '0.0.0.0');
  await once(server, 'listening');
  return {
    identity: { ...tls('a'), spkiSha256 },
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The zone's name server, as Cloudflare's answer: its own addresses for what is proxied. */
async function authority({ api }: World) {
  const answersFor = (type: string): Answer[] => {
    const records = api.zones[0]?.list({ name: NAME }) ?? [];
    const proxied = records.some((record) => record.proxied);
    const of = (content: string) => (type === 'A' ? a(NAME, content, 60) : six(content));
    if (proxied) return [of(type === 'A' ? PROXY4 : PROXY6)];
    return records.filter((record) => record.type === type).map(({ content }) => of(content));
  };
  return startDnsServer({
    udp: (query, socket, from) => {
      const type = query.questions?.[0]?.type ?? '';
      socket.send(replyTo(query, AA, { answers: answersFor(type) }), from.port, from.address);
    },
  });
}

const six = (data: string): Answer => ({ type: 'AAAA', name: NAME, ttl: 60, data });

/** Asks the name server again and again, and keeps how long each family had no answer. */
function asking(port: number) {
  const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const longest = { four: 0, six: 0 };
  const since: { four: number | null; six: number | null } = { four: null, six: null };
  let questions = 0;
  const look = async (family: 'four' | 'six'): Promise<void> => {
    const asked = performance.now();
    const found = await (family === 'four' ? resolver.resolve4(NAME) : resolver.resolve6(NAME)).catch(
      (): string[] => [],
    );
    questions += 1;
    if (found.length > 0) {
      since[family] = null;
      return;
    }
    since[family] ??= asked;
    longest[family] = Math.max(longest[family], performance.now() - (since[family] ?? asked));
  };
  const timer = setInterval(() => void Promise.all([look('four'), look('six')]), ASK_EVERY);
  return {
    longest,
    questions: () => questions,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** cloudflared on the server: it comes as soon as it has a token, and comes back as long as that is right. */
function connector({ api }: World) {
  const known = new Set<string>();
  const timer = setInterval(() => {
    for (const { id } of api.tunnels.list({ isDeleted: false })) {
      if (known.has(id)) continue;
      known.add(id);
      api.tunnels.connect(api.tunnels.token(id), 50);
    }
  }, ASK_EVERY);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

test('from edge-proxy to a tunnel to a relay, each by one plan and one up, and all of it back', {
  timeout: LONG,
}, async () => {
  await using server = await service();
  await using the = await world([A, AAAA], { rights: tunnelEdit });
  await using cloud = await withAws(the);
  const names = await authority(the);
  using _ = connector(the);
  using asked = asking(names.port);
  const { identity } = server;
  const port = PORT;
  const diagnosis = judge(
    caseOf({
      target: `https://${NAME}:${PORT}`,
      evidence: [
        AT_CLOUDFLARE,
        ...LINE,
        ...zone([OLD4]),
        reach(STABLE6, { identity, port }),
        outside(STABLE6, { identity, port }),
        outside(OLD4, { outcome: 'timed-out', port }),
        upnp('100.64.9.7'),
        listeners({ port: PORT }),
      ],
    }),
    { at: new Date(), by: '0.0.0', complete: true },
  );
  const file = join(the.folder, '.reach4', 'diagnosis.json');
  await nodePorts().files.write(file, JSON.stringify(diagnosis));
  const said = async (code: Promise<number>): Promise<string> => {
    const exit = await code;
    const text = the.printed();
    expect(exit, text).toBe(0);
    return text;
  };
  const upNow = (): Promise<string> => said(up(LAST, the.context()));

  await said(the.plan({ remedy: 'edge-proxy', adopt: true, yesLosePorts: true }));
  await upNow();
  expect(the.records()).toEqual([`AAAA ${NAME} ${STABLE6} 1 proxied six`]);

  expect(await said(the.plan({ remedy: 'tunnel', yesLosePorts: true }))).toContain(
    'The stack is up with edge-proxy; reach4 up makes it tunnel.',
  );
  expect(the.records()).toEqual([`AAAA ${NAME} ${STABLE6} 1 proxied six`]);
  await upNow();
  expect(the.records()).toEqual([expect.stringMatching(/^CNAME .*\.cfargotunnel\.com 1 proxied/u)]);

  const relay = { ...NO_RELAY_OPTIONS, region: 'eu-central-1' };
  expect(await said(the.plan({ remedy: 'relay', relay }))).toContain(`The relay leads to ${STABLE6}`);
  const told = await upNow();
  expect(told).toContain('connector');
  expect(the.records()).toEqual([
    `A ${NAME} ${ADDRESS} 60 dns reach4 stack home-example-org`,
    `AAAA ${NAME} ${STABLE6} 300 dns six`,
  ]);
  expect(the.api.tunnels.list({ isDeleted: false })).toEqual([]);
  await upNow();

  expect(asked.questions()).toBeGreaterThan(100);
  expect(asked.longest.six).toBe(0);
  expect(asked.longest.four).toBeLessThan(LONGEST_GAP);
  console.log(
    `no IPv4 address for at most ${Math.round(asked.longest.four)} ms of ${asked.questions()} questions`,
  );

  // Another remedy is planned, and then this one again: nothing is lost by it.
  const config = async (): Promise<Record<string, unknown>> =>
    (parse(await the.read('Pulumi.home-example-org.yaml')) as { config: Record<string, unknown> }).config;
  const before = await config();
  await said(the.plan({ remedy: 'edge-proxy', adopt: true, yesLosePorts: true }));
  expect(await config()).toHaveProperty('reach4:plan-before.remedy', 'relay');
  const back = await said(the.plan({ remedy: 'relay', relay: NO_RELAY_OPTIONS }));
  expect(await config()).toEqual({ [PLAN_CONFIG.key]: before[PLAN_CONFIG.key] });
  expect(back).toContain(`reach4 plan --service tls:${PORT}`);
  // A tunnel would leave the name without a way until its connector is there.
  await expect(the.plan({ remedy: 'tunnel', yesLosePorts: true })).rejects.toThrow(/plan edge-proxy first/u);

  const gone = await the.pulumi('destroy', '--yes', '--skip-preview');
  expect(gone.exitCode, gone.output).toBe(0);
  expect(the.records()).toEqual(BEFORE);
  expect(cloud.aws.exists()).toEqual([]);
  names.close();
});
