import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnostic } from '../../../src/cli/stack/automation.ts';
import { openSetting } from '../../../src/cli/stack/context.ts';
import { plan } from '../../../src/cli/stack/plan.ts';
import { down, preview, up } from '../../../src/cli/stack/provision.ts';
import { NAME, OLD4, STABLE6, WAN4 } from '../../support/names.ts';
import { NO_FLAGS, world, wrongA } from './world.ts';

/** ms: each command of the engine takes two to four seconds on two busy cores. */
const LONG = 120_000;
const LAST = { stack: null };
const A_OLD = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const CONFIG = 'Pulumi.home-example-org.yaml';

test('the plan says what is written where, what comes back, what it costs, and what to type', {
  timeout: LONG,
}, async () => {
  await using the = await world([A_OLD, AAAA]);
  await the.diagnose(wrongA(OLD4), new Date(Date.now() - 50 * 3_600_000));
  expect(await the.plan({ adopt: true })).toBe(0);
  const text = the.printed().replaceAll(/\s+/gu, ' ');
  for (const part of [
    `Plan for ${NAME}: a-record, stack home-example-org`,
    `A ${NAME} ${OLD4} -> ${WAN4} taken over, TTL 1800 s`,
    `${WAN4} answers as the service does over IPv6 (evidence reach:outside-1:${WAN4})`,
    `A ${NAME} ${OLD4} comes back, TTL 1800 s`,
    'Costs nothing: $0 a month.',
    'The diagnosis is 50 hours old',
    'though the diagnosis found it wrong; --no-restore leaves it out',
    `Written to ${CONFIG}; nothing has been changed in DNS. Next: reach4 preview`,
    "export PULUMI_BACKEND_URL='file:///",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).toMatch(/^Plan for/u);
  expect(the.api.requests.filter(({ method, status }) => method !== 'GET' && status < 400)).toEqual([]);

  // A name of one's own, in the same folder; the last one planned is the one that is meant.
  expect(await the.plan({ adopt: true, stack: 'mine' })).toBe(0);
  expect(JSON.parse(await the.read('.reach4/stack.json'))).toMatchObject({ stack: 'mine' });

  // The whole of .reach4 is gone: planned anew, with another passphrase.
  const salt = /encryptionsalt: (.*)/u.exec(await the.read(CONFIG))?.[1];
  await rm(join(the.folder, '.reach4'), { recursive: true });
  await the.diagnose(wrongA(OLD4));
  expect(await the.plan({ adopt: true })).toBe(0);
  expect(/encryptionsalt: (.*)/u.exec(await the.read(CONFIG))?.[1]).not.toBe(salt);
  expect(await preview(LAST, the.context())).toBe(0);

  // Another passphrase than the state's.
  const setting = await openSetting(the.context());
  await writeFile(setting.backend.passphraseFile ?? '', 'another', { mode: 0o600 });
  await expect(preview(LAST, the.context())).rejects.toThrow(/was made with another passphrase/u);
});

test('without the engine the plan is shown, nothing is written, and how to get it is said', async () => {
  await using the = await world([AAAA]);
  await the.diagnose(wrongA());
  const env = { ...the.env, PATH: '/usr/bin:/bin', XDG_CACHE_HOME: '/nowhere' };
  expect(await plan(NO_FLAGS, the.context({ env }))).toBe(1);
  const text = the.printed();
  expect(text).toContain(`A  ${NAME}  ${WAN4}  new, TTL 300 s`);
  expect(text).toContain('Nothing has been written or changed. The Pulumi CLI is not installed');
  await expect(the.read(CONFIG)).rejects.toThrow(/ENOENT/u);
  await expect(the.read('Pulumi.yaml')).rejects.toThrow(/ENOENT/u);
});

describe('refused in a sentence, with nothing written', () => {
  test('where nobody said which remedy, and nobody is there to be asked', async () => {
    await using the = await world([AAAA]);
    await the.diagnose(wrongA());
    expect(await the.plan({ remedy: null })).toBe(1);
    const text = the.printed();
    expect(text).toContain(`What fits ${NAME}, port 443`);
    expect(text).toContain(
      'Nothing has been written or changed. To go on:\n  reach4 plan --remedy a-record\n',
    );
    expect(the.api.requests).toEqual([]);
    await expect(the.read(CONFIG)).rejects.toThrow(/ENOENT/u);
    await expect(the.read('Pulumi.yaml')).rejects.toThrow(/ENOENT/u);
  });

  test('each before anything is changed', async () => {
    await using the = await world([A_OLD, AAAA]);
    await expect(the.plan()).rejects.toThrow(/There is no diagnosis in .*`reach4 diagnose TARGET`/u);
    await expect(the.plan({ diagnosis: 'x.json' })).rejects.toThrow(/x\.json does not exist/u);
    await expect(the.plan({ diagnosis: '.' })).rejects.toThrow(/can't be read/u);
    await writeFile(join(the.folder, 'x.json'), '{}');
    await expect(the.plan({ diagnosis: 'x.json' })).rejects.toThrow(
      /is no diagnosis that this version can read/u,
    );
    await the.diagnose(wrongA(OLD4));
    const tokenless = the.context({ env: { ...the.env, CLOUDFLARE_API_TOKEN: '' } });
    await expect(plan(NO_FLAGS, tokenless)).rejects.toThrow(/CLOUDFLARE_API_TOKEN is not set/u);
    for (const command of [preview, up, down]) {
      await expect(command(LAST, the.context())).rejects.toThrow(/There is no plan in /u);
      await expect(command({ stack: 'x' }, the.context())).rejects.toThrow(
        /There is no plan in Pulumi\.x\.yaml/u,
      );
    }
    await writeFile(join(the.folder, 'Pulumi.yaml'), 'name: shop\nruntime: nodejs\n');
    await expect(the.plan()).rejects.toThrow(/belongs to another Pulumi project/u);
    expect(await readFile(join(the.folder, 'Pulumi.yaml'), 'utf8')).toBe('name: shop\nruntime: nodejs\n');
    expect(the.records()).toHaveLength(2);
  });

  test('a name whose zone is not in the account', async () => {
    await using the = await world([], { zoneName: 'example.com' });
    await the.diagnose(wrongA());
    expect(await the.plan()).toBe(1);
    expect(the.printed().replaceAll(/\s+/gu, ' ')).toMatch(
      /\(it sees example\.com\), and at Route 53: there are no credentials for AWS; expected a token for the account/u,
    );
  });

  test('a token that may not edit, before up as before plan', { timeout: LONG }, async () => {
    await using the = await world([AAAA], { rights: { zone: 'read', dns: 'read' } });
    await the.diagnose(wrongA());
    await expect(the.plan()).rejects.toThrow(/may not change the DNS records of example\.org/u);
  });
});

test('one line out of a message that repeats itself', () => {
  const message = `code: -2
 stdout:
 stderr: Command failed with exit code 255: pulumi up
error: update failed
Diagnostics:
  cloudflare:index:DnsRecord (home.example.org-A):
    error: 1 error occurred:
    \t* Authentication error (10000)
  pulumi:pulumi:Stack (reach4-s):
    error: CLOUDFLARE_API_TOKEN is not set
    error: CLOUDFLARE_API_TOKEN is not set
 err?: Error`;
  expect(diagnostic(message)).toBe('Authentication error (10000)');
  expect(diagnostic('nothing like it')).toBe('nothing like it');
});
