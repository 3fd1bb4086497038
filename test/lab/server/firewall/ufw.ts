import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME } from '../../addresses.ts';
import type { ServerFirewall } from '../../schema/server.ts';

/** What the package keeps to compare with, and to begin with. */
const PRISTINE = '/usr/share/ufw';
/** Only root reads these. */
const SECRET = [
  'after.init',
  'after.rules',
  'after6.rules',
  'before.init',
  'before.rules',
  'before6.rules',
  'user.rules',
  'user6.rules',
];

/** The server's own /etc/ufw and /etc/default, as just installed; the machine's own may be in use. */
export async function writeUfwFiles(etc: string): Promise<void> {
  const dir = join(etc, 'ufw');
  await mkdir(join(dir, 'applications.d'), { recursive: true });
  for (const file of SECRET) {
    await copyFile(join(PRISTINE, file), join(dir, file));
    await chmod(join(dir, file), 0o640);
  }
  await copyFile(join(PRISTINE, 'ufw.conf'), join(dir, 'ufw.conf'));
  await copyFile('/etc/ufw/sysctl.conf', join(dir, 'sysctl.conf'));
  await cp('/etc/default', join(etc, 'default'), { recursive: true });
  const defaults = join(etc, 'default', 'ufw');
  const text = await readFile(defaults, 'utf8');
  await writeFile(
    defaults,
    text
      .replace(/^IPV6=.*$/mu, 'IPV6=yes')
      .replace(/^DEFAULT_INPUT_POLICY=.*$/mu, 'DEFAULT_INPUT_POLICY="DROP"'),
  );
}

/** As a person types them. `ufw` denies whatever nothing allows. */
export function ufwCommands({ ipv4, ipv6 }: ServerFirewall, ports: readonly number[]): string[] {
  const rule = (policy: ServerFirewall['ipv4'], any: string, lan: string) =>
    ports.flatMap((port) => {
      const where = (from: string) => `proto tcp from ${from} to ${any} port ${port}`;
      return {
        accept: [`ufw allow ${where(any)}`],
        drop: [],
        reject: [`ufw reject ${where(any)}`],
        'lan-only': [`ufw allow ${where(lan)}`],
      }[policy];
    });
  const both = ports.map((port) => `ufw allow ${port}/tcp`);
  const rules =
    ipv4 === 'accept' && ipv6 === 'accept'
      ? both
      : [...rule(ipv4, '0.0.0.0/0', HOME.lan4), ...rule(ipv6, '::/0', HOME.lan6)];
  return [...rules, 'ufw --force enable'];
}
