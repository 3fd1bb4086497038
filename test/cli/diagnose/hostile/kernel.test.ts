import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { type Diagnosis, diagnosisSchema } from '../../../../src/model/diagnosis.ts';
import { joined, namespaces } from '../../../probes/namespaces.ts';
import { AGENT, HOME, ROUTER, STUN, WHOAMI } from './addresses.ts';

const BIN = fileURLToPath(new URL('../../../../src/bin.ts', import.meta.url));
const NASTY = new URL('./router.ts', import.meta.url).href;

/** ms; the longest that anything may be waited for after the start, and what a busy machine adds to that. */
const IN_TIME = 20_000;

/** A server at home behind a router that is hostile in this way, and the diagnosis on it as a process of its own. */
async function home(mode: 'drips' | 'writes') {
  const { server, router } = await namespaces('server', 'router');
  await joined(server, 's0', router, 'r0');
  await server.ip('addr add 192.168.77.10/24 dev s0\nroute add default via 192.168.77.1');
  await router.ip(`addr add ${ROUTER}/24 dev r0\naddr add ${HOME}/32 dev r0`);
  // What is sent to anybody else passes here.
  await router.nft(`table ip watch {
    counter elsewhere { }
    chain in {
      type filter hook prerouting priority 0;
      ip daddr != { ${ROUTER}, ${HOME}, 224.0.0.0/4 } counter name elsewhere
    }
  }`);
  await router.node(`process.argv[2] = ${JSON.stringify(mode)}; import(${JSON.stringify(NASTY)})`);

  const folder = await mkdtemp(join(tmpdir(), 'reach4-hostile-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const mounts = {
    '/etc/resolv.conf': await file('resolv.conf', `nameserver ${ROUTER}\n`),
    '/etc/hosts': await file('hosts', '127.0.0.1 localhost\n'),
    '/etc/nsswitch.conf': await file('nsswitch.conf', 'hosts: files dns\n'),
  };
  // The namespace's processes have mounts of their own.
  const script = `${Object.entries(mounts)
    .map(([path, own]) => `[ ! -e ${path} ] || mount --bind ${own} ${path}`)
    .join('\n')}\nexec "$@"`;
  return {
    diagnose: async (...args: string[]) => {
      const started = performance.now();
      const command = ['ip', 'netns', 'exec', server.id, 'sh', '-euc', script, 'sh'];
      const [program = '', ...rest] = [...command, process.execPath, BIN, 'diagnose', ...args];
      const { exitCode, stdout, stderr, timedOut } = await execa(program, rest, {
        cwd: folder,
        env: { HOME: folder, PATH: process.env.PATH, REACH4_AGENT_TOKEN: 'k7vXq2mB9sTzWc4LhRjN6pYdUe3GaF8K' },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
        timeout: 50_000,
        killSignal: 'SIGKILL',
      });
      return { exitCode, stdout, stderr, timedOut, ms: performance.now() - started };
    },
    /** Packets to whom nobody named. */
    elsewhere: async () => {
      const list = ['netns', 'exec', router.id, 'nft', '-j', 'list', 'counters'];
      const { stdout } = await execa('ip', list);
      return /"packets": (\d+)/u.exec(stdout)?.[1];
    },
  };
}

const ASKED = [
  ...['--from', 'server', '--stun', `${ROUTER}:${STUN}`, '--outside', `http://${ROUTER}:${AGENT}`],
  ...['--whoami', `http://${ROUTER}:${WHOAMI}/`, '--whoami', 'http://whoami.example.net/'],
];

/** What has facts, of all that is asked of others; the rest is what this machine knows itself. */
const answered = ({ evidence }: Diagnosis) =>
  evidence.flatMap(({ probe, status }) => (status === 'ok' && !OWN.includes(probe) ? [probe] : []));
const OWN = ['addresses', 'routes', 'listeners', 'firewall', 'arrivals', 'vantage', 'place'];

const failed = ({ evidence }: Diagnosis) =>
  new Set(
    evidence.flatMap(({ id, status }) => (status === 'failed' ? [id.split(':').slice(0, 2).join(':')] : [])),
  );

test('where nothing ever ends, the diagnosis does, and says of each what failed', async () => {
  const { diagnose, elsewhere } = await home('drips');
  const target = ['http://home.example.org', '--ipv4', HOME];
  const { stdout, ms, ...ended } = await diagnose(...target, '--json', ...ASKED);
  expect(ended).toEqual({ exitCode: 3, stderr: '', timedOut: false });
  expect(ms).toBeLessThan(IN_TIME);
  const diagnosis = diagnosisSchema.parse(JSON.parse(stdout));
  expect(diagnosis.complete).toBe(true);
  expect(failed(diagnosis)).toEqual(
    new Set([
      ...['delegation:here', 'nat-pmp:here', 'os-lookup:here', 'pcp:here', 'resolver:here', 'stun:here'],
      ...['upnp:here', 'whoami:here', 'reach:outside-1', 'resolver:outside-1', 'trace:outside-1'],
    ]),
  );
  // It connects, and that is all that anybody can say, beside what this machine knows of itself.
  expect(new Set(answered(diagnosis))).toEqual(new Set(['reach', 'system']));
  const web = diagnosis.evidence.find(({ id }) => id === `reach:here:${HOME}`);
  expect(web).toMatchObject({ facts: { identity: { kind: 'none', why: 'timed-out' } } });
  expect(await elsewhere()).toBe('0');
});

test('where everything writes, nothing gets to the terminal, and nobody is sent elsewhere', async () => {
  const { diagnose, elsewhere } = await home('writes');
  const target = `http://${HOME}`;
  const [page, json] = [await diagnose(target, ...ASKED), await diagnose(target, '--json', ...ASKED)];
  for (const { stdout, ms, ...ended } of [page, json]) {
    expect(ended).toEqual({ exitCode: 3, stderr: '', timedOut: false });
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(ms).toBeLessThan(IN_TIME);
  }
  // What was written is told, as text.
  expect(page.stdout).toContain('owned');
  const diagnosis = diagnosisSchema.parse(JSON.parse(json.stdout));
  expect(diagnosis.evidence.find(({ probe }) => probe === 'upnp')).toMatchObject({
    facts: { status: 'Up 2J', device: expect.stringMatching(/^ACME 2J x{60}$/u) },
  });
  expect(diagnosis.evidence.find(({ id }) => id === `reach:here:${HOME}`)).toMatchObject({
    facts: { identity: { kind: 'http', server: 'nginxÂ 2J', title: ']0;owned [2J 31m' } },
  });
  expect(await elsewhere()).toBe('0');
});
