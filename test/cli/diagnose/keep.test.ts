import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keep } from '../../../src/cli/diagnose/keep.ts';
import type { Io } from '../../../src/cli/io.ts';
import { diagnosisSchema } from '../../../src/model/diagnosis.ts';
import { files } from '../../../src/ports/node/files.ts';
import type { Files } from '../../../src/ports/ports.ts';
import { fakePorts } from '../../probes/fake-ports.ts';
import { diagnosisOf, named, PLAIN } from '../../report/diagnoses.ts';

const [first] = named;
if (first === undefined) throw new Error('there are no fixtures');
const diagnosis = diagnosisOf(first[0]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach4-keep-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The real files, with `folder` as the working directory. */
const inFolder: Files = {
  read: (path) => files.read(join(folder, path)),
  write: (path, text, mode) => files.write(join(folder, path), text, mode),
  exists: (path) => files.exists(join(folder, path)),
};

/** Keeps a diagnosis. @returns what was said */
async function kept(what = diagnosis, given: Partial<Files> = inFolder): Promise<string[]> {
  const said: string[] = [];
  const io: Io = {
    out: (text) => expect.unreachable(text),
    err: (text) => void said.push(text),
    isTTY: false,
    page: PLAIN,
  };
  await keep(what, fakePorts({ files: given }), io);
  return said;
}

const read = async () =>
  diagnosisSchema.parse(JSON.parse(await readFile(join(folder, '.reach4/diagnosis.json'), 'utf8')));

describe('keeping the last diagnosis', () => {
  test('the folder is made, and git ignores it', async () => {
    expect(await kept()).toEqual([]);
    expect(await read()).toEqual(diagnosis);
    expect((await readdir(join(folder, '.reach4'))).sort()).toEqual(['.gitignore', 'diagnosis.json']);
    expect(await readFile(join(folder, '.reach4/.gitignore'), 'utf8')).toBe('*\n');
  });

  test("a .gitignore that is there is the user's", async () => {
    await kept();
    await writeFile(join(folder, '.reach4/.gitignore'), '!diagnosis.json\n');
    await kept();
    expect(await readFile(join(folder, '.reach4/.gitignore'), 'utf8')).toBe('!diagnosis.json\n');
  });

  test('the last one counts', async () => {
    await kept();
    await kept({ ...diagnosis, complete: false });
    expect((await read()).complete).toBe(false);
  });

  test('a reader sees the old or the new one, never a part', async () => {
    const large = { ...diagnosis, reach4: 'x'.repeat(400_000) };
    await kept(large);
    const writing = (async () => {
      for (let turn = 0; turn < 20; turn += 1) await kept(turn % 2 === 0 ? diagnosis : large);
    })();
    let done = false;
    void writing.finally(() => {
      done = true;
    });
    while (!done) expect([diagnosis.reach4, large.reach4]).toContain((await read()).reach4);
    await writing;
    expect((await readdir(join(folder, '.reach4'))).sort()).toEqual(['.gitignore', 'diagnosis.json']);
  });
});

describe('a folder that cannot be written', () => {
  const denied = async () => {
    throw Object.assign(new Error("EROFS: read-only file system, mkdir '.reach4'"), { code: 'EROFS' });
  };

  test.each<[string, Partial<Files>]>([
    ['read-only', { exists: async () => false, write: denied }],
    ['which cannot even be looked into', { exists: denied, write: denied }],
    ['full', { exists: async () => true, write: denied }],
  ])('%s: told in one line, and no reason to fail', async (_, given) => {
    const said = await kept(diagnosis, given);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^reach4: the diagnosis could not be kept in \.reach4\/diagnosis\.json \(the disk can't be written\); `reach4 explain` and `reach4 plan` need it\.\n$/u,
    );
  });

  test('a file stands where the folder should: it stays', async () => {
    await writeFile(join(folder, '.reach4'), 'mine');
    expect(await kept()).toEqual([expect.stringMatching(/^reach4: the diagnosis could not be kept/u)]);
    expect(await readFile(join(folder, '.reach4'), 'utf8')).toBe('mine');
  });
});
