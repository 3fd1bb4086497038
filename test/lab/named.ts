import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME, INTERNET_HOSTS, LAN_HOSTS, NAME_SERVERS } from './addresses.ts';
import { type DnsRecord, type World, ZONES } from './world.ts';
import { infrastructureZones, rootHints, worldZone, zonesAtHome } from './zones.ts';

/** BIND itself, from Debian's package bind9. */
const NAMED = '/usr/sbin/named';

/** What `named` prints once it answers. */
export const NAMED_READY = / running$/mu;

/** One `named` process: where it runs and how it is started. */
export interface NameDaemon {
  readonly name: 'registry' | 'authority' | 'resolver' | 'home-resolver';
  readonly host: 'dns' | 'resolver' | 'router';
  readonly command: string[];
}

/** The folder of a world's name servers, with the files that they read and write. */
export interface NameFiles {
  readonly dir: string;
  /** The zone of the home's name, as ns1 serves it (and ns2, unless the world makes them disagree). */
  readonly zoneFile: string;
  readonly pidFile: string;
}

export function nameFiles(dir: string): NameFiles {
  const folder = join(dir, 'named');
  return {
    dir: folder,
    zoneFile: zoneFile(folder, ZONES[0], 'ns1'),
    pidFile: join(folder, 'authority', 'named.pid'),
  };
}

/** Writes what all name servers of the world read, and tells how to start them. */
export async function prepareNameServers(files: NameFiles, world: World): Promise<NameDaemon[]> {
  const { dir } = files;
  await mkdir(dir);
  // AppArmor's profile of named forbids it to read a world's folder and is bound to its path: a copy has no profile.
  const binary = join(dir, 'named');
  await copyFile(NAMED, binary);
  await chmod(binary, 0o755);
  const daemon = async (
    name: NameDaemon['name'],
    host: NameDaemon['host'],
    config: string,
  ): Promise<NameDaemon> => {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'named.conf'), config);
    // -n 1: one thread each, because a world has three or four of them.
    return { name, host, command: [binary, '-g', '-n', '1', '-c', join(dir, name, 'named.conf')] };
  };
  const daemons = [
    daemon('registry', 'dns', await registry(dir)),
    daemon('authority', 'dns', authority(dir, world)),
    daemon('resolver', 'resolver', await resolver(dir)),
  ];
  if (world.dns.recordsAtHome !== undefined) {
    daemons.push(daemon('home-resolver', 'router', await homeResolver(dir, world.dns.recordsAtHome)));
  }
  return Promise.all(daemons);
}

/** Writes the zones with the world's records; atomically, because a server may be told to read them at any time. */
export async function writeWorldZones(
  { dir }: NameFiles,
  records: { ns1: readonly DnsRecord[]; ns2?: readonly DnsRecord[] | undefined },
  serial: number,
): Promise<void> {
  for (const zone of ZONES) {
    await replaceFile(zoneFile(dir, zone, 'ns1'), worldZone(zone, records.ns1, serial));
    if (records.ns2 === undefined) continue;
    await replaceFile(zoneFile(dir, zone, 'ns2'), worldZone(zone, records.ns2, serial));
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function zoneFile(dir: string, zone: string, server: 'ns1' | 'ns2'): string {
  return join(dir, `${zone}.${server}.zone`);
}

/** The root, the TLDs and the hoster of example.net: three servers in one process, told apart by the address asked. */
async function registry(dir: string): Promise<string> {
  const zones = infrastructureZones();
  for (const { zone, text } of zones) await writeFile(infrastructureFile(dir, zone), text);
  const views = (['root', 'tld', 'hoster'] as const).map((view) => {
    const own = zones.filter((each) => each.view === view);
    return authoritativeView(
      view,
      own.map(({ zone }) => primary(zone, infrastructureFile(dir, zone))),
    );
  });
  return options(dir, 'registry', listen(['root', 'tld', 'hoster']), 'recursion no;') + views.join('');
}

function infrastructureFile(dir: string, zone: string): string {
  return join(dir, `${zone === '.' ? 'root' : zone}.zone`);
}

/** ns1 and ns2: one process, so that one signal makes both read their zones again. */
function authority(dir: string, { dns }: World): string {
  const views = (['ns1', 'ns2'] as const).map((server) => {
    const source = server === 'ns2' && dns.recordsOfNs2 !== undefined ? 'ns2' : 'ns1';
    // A server without the zone refuses queries for it: that is what makes a delegation lame.
    const served = dns.authority === 'refusing' ? [] : ZONES;
    return authoritativeView(
      server,
      served.map((zone) => primary(zone, zoneFile(dir, zone, source))),
    );
  });
  return options(dir, 'authority', listen(['ns1', 'ns2']), 'recursion no;') + views.join('');
}

async function resolver(dir: string): Promise<string> {
  const hints = join(dir, 'root.hints');
  await writeFile(hints, rootHints());
  const own = { 4: INTERNET_HOSTS.resolver[4], 6: INTERNET_HOSTS.resolver[6] };
  const settings = 'recursion yes; allow-recursion { any; }; allow-query-cache { any; };';
  return `${options(dir, 'resolver', own, settings)}zone "." { type hint; file "${hints}"; };\n`;
}

/** The resolver in the home router: forwards to the public one, except for the names that it knows better. */
async function homeResolver(dir: string, records: readonly DnsRecord[]): Promise<string> {
  const zones = zonesAtHome(records);
  for (const { zone, text } of zones) await writeFile(join(dir, `${zone}.home.zone`), text);
  const clients = `{ ${HOME.lan4}; ${HOME.lan6}; localhost; }`;
  const settings = `recursion yes; allow-recursion ${clients}; allow-query-cache ${clients};
  forward only; forwarders { ${INTERNET_HOSTS.resolver[4][0]}; };`;
  return (
    options(dir, 'home-resolver', LAN_HOSTS.router, settings) +
    zones.map(({ zone }) => primary(zone, join(dir, `${zone}.home.zone`))).join('')
  );
}

type Listen = { readonly 4: readonly string[]; readonly 6: readonly string[] };

function listen(servers: (keyof typeof NAME_SERVERS)[]): Listen {
  const { 4: v4, 6: v6 } = INTERNET_HOSTS.dns;
  return {
    4: servers.map((server) => v4[NAME_SERVERS[server]]),
    6: servers.map((server) => v6[NAME_SERVERS[server]]),
  };
}

function authoritativeView(server: keyof typeof NAME_SERVERS, zones: string[]): string {
  const addresses = listen([server]);
  return `view "${server}" {
  match-destinations { ${list([...addresses[4], ...addresses[6]])} };
${zones.join('')}};
`;
}

function primary(zone: string, file: string): string {
  return `zone "${zone}" { type primary; file "${file}"; };\n`;
}

const options = (dir: string, name: string, addresses: Listen, settings: string): string =>
  namedOptions(join(dir, name), join(dir, name, 'named.pid'), addresses, settings);

/** Settings of every process: nothing outside its folder, no control channel, no calls home, little memory. */
export function namedOptions(
  directory: string,
  pidFile: string,
  addresses: Listen,
  settings: string,
): string {
  return `options {
  directory "${directory}";
  pid-file "${pidFile}";
  session-keyfile none;
  lock-file none;
  listen-on { ${list(addresses[4])} };
  listen-on-v6 { ${list(addresses[6])} };
  ${settings}
  allow-query { any; };
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
  max-cache-size 16m;
};
controls { };
`;
}

function list(addresses: readonly string[]): string {
  return addresses.map((address) => `${address};`).join(' ');
}
