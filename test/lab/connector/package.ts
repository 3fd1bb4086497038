import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** As the vendor's package does: a second name in /usr/local (cloudflared, postinst.sh, postrm.sh). */
const POSTINST = '#!/bin/sh\nset -eu\nln -sf /usr/bin/cloudflared /usr/local/bin/cloudflared\n';
const POSTRM = '#!/bin/sh\nset -eu\nrm -f /usr/local/bin/cloudflared\n';

const CONTROL = `Package: cloudflared
Version: 2026.8.2
Section: default
Priority: extra
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: stands in for cloudflared
`;

/**
 * A folder that is an apt repository with one package, signed with a key of its own, which is in it as well.
 * @param program the file that is /usr/bin/cloudflared
 */
export async function packageRepository(dir: string, program: string): Promise<string> {
  const repository = join(dir, 'repository');
  const tree = join(dir, 'package');
  const home = join(dir, 'gpg');
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await mkdir(repository, { recursive: true });
  await mkdir(home, { mode: 0o700 });
  await copyFile(program, join(tree, 'usr/bin/cloudflared'));
  await chmod(join(tree, 'usr/bin/cloudflared'), 0o755);
  await writeFile(join(tree, 'DEBIAN/control'), CONTROL);
  await writeFile(join(tree, 'DEBIAN/postinst'), POSTINST, { mode: 0o755 });
  await writeFile(join(tree, 'DEBIAN/postrm'), POSTRM, { mode: 0o755 });
  const deb = join(repository, 'cloudflared.deb');
  await execa('dpkg-deb', ['--root-owner-group', '--build', tree, deb]);
  const packages = `${CONTROL}Filename: ./cloudflared.deb\nSize: ${(await stat(deb)).size}\nSHA256: ${await sha256(deb)}\n`;
  await writeFile(join(repository, 'Packages'), packages);
  await writeFile(
    join(dir, 'Release'),
    `Date: ${new Date().toUTCString()}\nSHA256:\n ${await sha256(join(repository, 'Packages'))} ${packages.length} Packages\n`,
  );
  const gpg = (...args: string[]) => execa('gpg', ['--homedir', home, '--batch', '--yes', ...args]);
  try {
    await gpg('--passphrase', '', '--quick-generate-key', 'cloudflared lab', 'rsa3072', 'sign', '1d');
    await gpg('--output', join(repository, 'key.gpg'), '--export');
    await gpg('--clearsign', '--output', join(repository, 'InRelease'), join(dir, 'Release'));
  } finally {
    await execa('gpgconf', ['--homedir', home, '--kill', 'all'], { reject: false });
    await rm(home, { recursive: true, force: true });
  }
  return repository;
}

const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
