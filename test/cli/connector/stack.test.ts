/** From a stack to a connector and back: the token comes from the stack's tunnel, and `down` takes the connector along. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeConnector } from '../../../src/cli/connector/after-down.ts';
import type { ConnectorContext } from '../../../src/cli/connector/context.ts';
import { install } from '../../../src/cli/connector/install.ts';
import { writeToken } from '../../../src/cli/connector/write-token.ts';
import { down, up } from '../../../src/cli/stack/provision.ts';
import { tunnelOfToken } from '../../../src/connector/token.ts';
import type { Feed } from '../../../src/ports/node/fed.ts';
import { tunnelEdit } from '../../engine/cloudflare/api/access.ts';
import { NAME, OLD4, STABLE6 } from '../../support/names.ts';
import { type World, world, wrongA } from '../stack/world.ts';
import { AT_WORK, DEBIAN, INSTALLED, TUNNEL } from './world.ts';

/** ms: each command of the engine takes two to four seconds on two busy cores. */
const LONG = 180_000;
const LAST = { stack: null };
const CHOICE = { stack: null, tokenFile: null, ssh: null, yes: true };

/** A machine of which each script is believed; a connector that is installed signs in with its token. */
function machine(the: World): { feed: Feed; tokens: string[]; removed: () => boolean } {
  const tokens: string[] = [];
  let removed = false;
  const here = () => {
    const id = tunnelOfToken(tokens.at(-1) ?? '')?.tunnelId;
    return id === undefined || removed ? [] : AT_WORK.map((line) => line.replace(TUNNEL, id));
  };
  const answer = (input: string): string[] => {
    if (input.includes('\nfact system ')) return [...DEBIAN, ...here()];
    if (input.includes('\nstep ready\n')) {
      const token = input.trimEnd().split('\n').at(-1) ?? '';
      the.api.tunnels.connect(token, null);
      tokens.push(token);
      return INSTALLED;
    }
    removed = true;
    return ['step remove', 'fact removed yes'];
  };
  const feed: Feed = async (_file, args, { input, onLine }) => {
    for (const token of tokens) expect(args.join(' ')).not.toContain(token);
    for (const line of answer(input)) onLine(line);
    return { exitCode: 0, stderr: '' };
  };
  return { feed, tokens, removed: () => removed };
}

test('up, install, up again, down', { timeout: LONG }, async () => {
  await using the = await world(
    [
      { type: 'A', name: NAME, content: OLD4, ttl: 1800 },
      { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 },
    ],
    { rights: tunnelEdit },
  );
  const { feed, tokens, removed } = machine(the);
  const context = (): ConnectorContext => ({
    ...the.context(),
    feed,
    platform: 'linux',
    isRoot: true,
    readInput: async () => '',
  });
  await the.diagnose(wrongA(OLD4));
  expect(await the.plan({ remedy: 'tunnel', adopt: true, yesLosePorts: true })).toBe(0);
  await expect(install(CHOICE, context())).rejects.toThrow(
    '(tunnel) has no tunnel; expected one that `reach4 up` has made',
  );
  expect(await up(LAST, the.context())).toBe(0);
  const [tunnel] = the.api.tunnels.list({});
  expect(tunnel).toBeDefined();

  // Where somebody asks for it: nowhere else may it be found at the end.
  const own = await mkdtemp(join(tmpdir(), 'reach4-token-'));
  onTestFinished(() => rm(own, { recursive: true }));
  const file = join(own, 'token');
  expect(await writeToken(file, CHOICE, context())).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(writeToken(file, CHOICE, context())).rejects.toThrow('is there already');

  expect(await install(CHOICE, context())).toBe(0);
  expect(tunnelOfToken(tokens[0] ?? '')?.tunnelId).toBe(tunnel?.id);
  expect((await readFile(file, 'utf8')).trim()).toBe(tokens[0]);
  expect(the.printed()).toMatch(/^Next: {2}reach4 up$/mu);
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.records()).toEqual([
    expect.stringMatching(`^CNAME ${NAME} ${tunnel?.id}\\.cfargotunnel\\.com 1 proxied`),
  ]);

  const before: unknown = JSON.parse((await the.pulumi('stack', 'export')).output).deployment;
  expect(await down(LAST, the.context())).toBe(0);
  // Of this machine, which has none: the hook looks at the real one.
  const printed = the.printed();
  expect(printed).toContain("The tunnel's connector isn't on this machine.");
  // And on one that has it.
  const after = await removeConnector(before, the.context(), context());
  expect(after).toEqual({
    text: 'The connector is gone from this machine; so is its token.\n',
    achieved: true,
  });
  expect(removed()).toBe(true);
  const written = await readdir(the.folder, { recursive: true, withFileTypes: true });
  for (const each of written.filter((entry) => entry.isFile())) {
    const text = await readFile(join(each.parentPath, each.name), 'utf8');
    expect(text, each.name).not.toContain(tokens[0]);
  }
  expect(printed).not.toContain(tokens[0]);
});
