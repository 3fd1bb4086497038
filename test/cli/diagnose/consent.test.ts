import { homedir } from 'node:os';
import { join } from 'node:path';
import { CANCEL_SYMBOL, confirm } from '@clack/prompts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { consent } from '../../../src/cli/diagnose/consent.ts';
import { PUBLIC_STUN, PUBLIC_WHOAMI } from '../../../src/cli/diagnose/options.ts';
import type { Io } from '../../../src/cli/io.ts';
import { Interrupted, UserError } from '../../../src/model/error.ts';
import { parseTarget } from '../../../src/model/target.ts';
import type { Files } from '../../../src/ports/ports.ts';
import { fakePorts } from '../../probes/fake-ports.ts';
import { PLAIN } from '../../report/diagnoses.ts';
import { NAME, STABLE6, WAN4 } from '../../support/names.ts';

vi.mock('@clack/prompts', async (original) => ({
  ...(await original<typeof import('@clack/prompts')>()),
  confirm: vi.fn(async () => {
    throw new Error('nobody may be asked');
  }),
}));

const REMEMBERED = '/home/me/.config/reach4/public-services';
const ASKED = { whoami: PUBLIC_WHOAMI, whoamiSkipped: null, stun: PUBLIC_STUN, declined: false };
const NOT = { whoami: [], whoamiSkipped: 'not-consented', stun: [], declined: false };
const NAMED = parseTarget(NAME);

beforeEach(() => {
  vi.stubEnv('XDG_CONFIG_HOME', '/home/me/.config');
});
afterEach(() => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(process.stdin, 'isTTY');
});

interface Scene {
  readonly flags?: Parameters<typeof consent>[0];
  readonly target?: string;
  readonly files?: Partial<Files>;
  readonly terminal?: { readonly out: boolean; readonly in: boolean };
}

/** Nothing is printed by `consent` itself: the question is the prompt's. */
function ask({ flags = {}, target = NAME, files = {}, terminal = { out: false, in: false } }: Scene = {}) {
  Object.defineProperty(process.stdin, 'isTTY', { value: terminal.in, configurable: true });
  const said = (text: string) => expect.unreachable(text);
  const io: Io = { out: said, err: said, isTTY: terminal.out, page: PLAIN };
  return consent(flags, parseTarget(target), fakePorts({ files }), io);
}

const says = (text: string | null) => ({
  read: async (path: string) => (path === REMEMBERED ? text : null),
});
const untouched = {
  read: async () => expect.unreachable('nothing has to be looked up'),
};

describe('which services may see the address', () => {
  test.each<[string, Scene, object]>([
    ['in a script, none', {}, NOT],
    ['--public-services', { flags: { publicServices: true }, files: untouched }, ASKED],
    ['--no-public-services', { flags: { publicServices: false }, files: untouched }, NOT],
    ['a remembered yes', { files: says('yes\n') }, ASKED],
    ['a remembered yes, but told no', { flags: { publicServices: false }, files: says('yes\n') }, NOT],
    ['something else that is remembered', { files: says('no\n') }, NOT],
    ['an empty file', { files: says('') }, NOT],
    ['an IPv6 target', { target: `[${STABLE6}]:443`, flags: { publicServices: true } }, ASKED],
    [
      'an IPv4 target: there is nothing to compare with',
      { target: `${WAN4}:443`, flags: { publicServices: true }, files: untouched },
      { whoami: [], whoamiSkipped: 'not-applicable', stun: [], declined: false },
    ],
    [
      'those that the user names, and no other',
      { flags: { whoami: ['http://192.168.1.1/ip'], publicServices: true }, files: untouched },
      { whoami: ['http://192.168.1.1/ip'], whoamiSkipped: null, stun: [], declined: false },
    ],
    ['a terminal for input alone', { terminal: { out: false, in: true } }, NOT],
    ['a terminal for output alone', { terminal: { out: true, in: false } }, NOT],
  ])('%s', async (_, scene, expected) => {
    expect(await ask(scene)).toEqual(expected);
  });

  test('what was remembered but cannot be read, as with sudo -u, is not remembered', async () => {
    const read = async () => {
      throw Object.assign(new Error(`EACCES: permission denied, open '${REMEMBERED}'`), { code: 'EACCES' });
    };
    expect(await ask({ files: { read } })).toEqual(NOT);
  });

  // XDG Base Directory Specification: empty counts as not set, relative paths are ignored.
  test.each(['', 'relative/folder'])('XDG_CONFIG_HOME=%j means ~/.config', async (value) => {
    vi.stubEnv('XDG_CONFIG_HOME', value);
    const read = vi.fn(async () => null);
    await ask({ files: { read } });
    expect(read.mock.calls).toEqual([[join(homedir(), '.config', 'reach4', 'public-services')]]);
  });
});

describe('on a terminal, once', () => {
  const terminal = { out: true, in: true };
  const answering = (answer: boolean | typeof CANCEL_SYMBOL) =>
    vi.mocked(confirm).mockResolvedValueOnce(answer);

  test('a yes is remembered, for this user alone', async () => {
    answering(true);
    const write = vi.fn(async () => {});
    expect(await ask({ terminal, files: { ...says(null), write } })).toEqual(ASKED);
    expect(write.mock.calls).toEqual([[REMEMBERED, 'yes\n', 0o600]]);
    const [{ message = '', output = null } = {}] = vi.mocked(confirm).mock.lastCall ?? [];
    expect(message).toContain(
      'icanhazip.com, ident.me, stun.cloudflare.com:3478 and stun.l.google.com:19302',
    );
    // Standard output may be a file or a pipe to jq.
    expect(output).toBe(process.stderr);
  });

  test('a yes that cannot be kept still is one', async () => {
    answering(true);
    const write = async () => {
      throw new Error('EROFS: read-only file system');
    };
    expect(await ask({ terminal, files: { ...says(null), write } })).toEqual(ASKED);
  });

  test('a no is no yes, and not remembered', async () => {
    answering(false);
    expect(await ask({ terminal, files: says(null) })).toEqual({ ...NOT, declined: true });
  });

  test('Ctrl-C ends the command', async () => {
    answering(CANCEL_SYMBOL);
    await expect(ask({ terminal, files: says(null) })).rejects.toThrow(Interrupted);
  });

  test('nobody is asked again after a yes', async () => {
    expect(await ask({ terminal, files: says('yes') })).toEqual(ASKED);
  });
});

describe('--whoami', () => {
  const refusal = async (...whoami: string[]): Promise<string> => {
    const error = await consent({ whoami }, NAMED, fakePorts({}), {
      out: () => {},
      err: () => {},
      isTTY: true,
      page: PLAIN,
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return error instanceof UserError ? error.message : '';
  };

  test.each(['', 'icanhazip.com', 'ftp://icanhazip.com', 'file:///etc/passwd', 'http://', 'https://a b'])(
    '%j is no URL of a service',
    async (url) => {
      const message = await refusal('https://ident.me', url);
      expect(message).toMatch(/^--whoami .* is no URL; expected one such as https:\/\/icanhazip\.com\.$/u);
    },
  );

  test.each([
    'https://me:hunter2@ident.me',
    'https://:hunter2@ident.me',
    'https://hunter2@ident.me',
    'ftp://me:hunter2@ident.me',
    'https://me:hunter2@ident me',
    'https://me:hunter2@',
  ])('%s is refused, and what may be a password not repeated', async (url) => {
    expect(await refusal(url)).not.toContain('hunter2');
  });
});
