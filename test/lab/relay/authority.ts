import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NAMED_READY, namedOptions } from '../named.ts';
import type { LabProcess } from '../processes.ts';
import { RELAY_HOSTS } from './topology.ts';

const NAMED = '/usr/sbin/named';
const ROOT = { 4: RELAY_HOSTS.dns[4][0], 6: RELAY_HOSTS.dns[6][0] };
const OWN = { 4: RELAY_HOSTS.dns[4][1], 6: RELAY_HOSTS.dns[6][1] };

/** One line of the zone example.org; the name is relative to it. */
export interface ZoneLine {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME';
  /** s */
  readonly ttl: number;
  readonly value: string;
}

/** How the authority of example.org behaves. The root always answers. */
type AuthorityMood = 'answers' | 'servfail' | 'silent';

export interface Authority {
  /** Serves these records from now on. */
  serve(lines: readonly ZoneLine[]): Promise<void>;
  behave(mood: AuthorityMood): Promise<void>;
}

/** What a resolver needs to begin: where the root is. */
export const ROOT_HINTS = `. 3600 NS root.example.\nroot.example. 3600 A ${ROOT[4]}\nroot.example. 3600 AAAA ${ROOT[6]}\n`;

/**
 * Two BINDs in the namespace `dns`: the root, and the authority of example.org.
 * @param run Starts a process there; `exec` runs a command there.
 */
export async function startAuthority(
  dir: string,
  spawn: (command: readonly string[]) => LabProcess,
  exec: (command: readonly string[]) => Promise<unknown>,
): Promise<Authority> {
  const folder = join(dir, 'named');
  await mkdir(folder);
  // AppArmor's profile of named is bound to its path, and forbids it to read here.
  const binary = join(folder, 'named');
  await copyFile(NAMED, binary);
  await chmod(binary, 0o755);
  const start = async (name: string): Promise<LabProcess> => {
    const named = spawn([binary, '-g', '-n', '1', '-c', join(folder, `${name}.conf`)]);
    await named.waitFor(NAMED_READY);
    return named;
  };
  const glue = `ns.example.org. A ${OWN[4]}\nns.example.org. AAAA ${OWN[6]}\n`;
  const root = `$TTL 3600\n. SOA root.example. x. 1 3600 600 86400 5\n${ROOT_HINTS}example.org. NS ns.example.org.\n${glue}`;
  await writeFile(join(folder, 'root.zone'), root);
  await writeFile(join(folder, 'root.conf'), config(folder, 'root', '.', ROOT));
  await writeFile(join(folder, 'own.conf'), config(folder, 'own', 'example.org', OWN));

  let serial = 0;
  const write = async (lines: readonly ZoneLine[]) => {
    serial += 1;
    const records = lines.map(({ name, type, ttl, value }) => `${name} ${ttl} ${type} ${value}`);
    const head = `$ORIGIN example.org.\n$TTL 60\n@ SOA ns x ${serial} 3600 600 86400 5\n@ NS ns\n${glue}`;
    await writeFile(join(folder, 'own.zone.new'), `${head}${records.join('\n')}\n`);
    await rename(join(folder, 'own.zone.new'), join(folder, 'own.zone'));
  };
  let served: readonly ZoneLine[] = [];
  await write(served);
  const [, first] = await Promise.all([start('root'), start('own')]);
  let own = first;
  const again = async () => {
    own.kill();
    await own.exited;
    own = await start('own');
  };
  const filter = (rules: string) => exec(['nft', `flush ruleset; ${rules}`]);
  return {
    async serve(lines) {
      served = lines;
      await write(lines);
      own.kill('SIGHUP');
      await own.waitFor(new RegExp(`zone example\\.org/IN: loaded serial ${serial}\\b`, 'u'));
    },
    async behave(mood) {
      await filter(
        mood === 'silent'
          ? `table inet silent { chain in { type filter hook input priority 0; ip daddr ${OWN[4]} drop; ip6 daddr ${OWN[6]} drop; }; }`
          : '',
      );
      if (mood === 'silent') return;
      // BIND answers SERVFAIL for a zone that it could not load.
      if (mood === 'servfail') await writeFile(join(folder, 'own.zone'), 'not a zone\n');
      else await write(served);
      await again();
    },
  };
}

function config(folder: string, name: string, zone: string, addresses: { 4: string; 6: string }): string {
  const listens = { 4: [addresses[4]], 6: [addresses[6]] };
  return `${namedOptions(folder, join(folder, `${name}.pid`), listens, 'recursion no;')}
zone "${zone}" { type primary; file "${join(folder, `${name}.zone`)}"; };
`;
}
