import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { addressOf, type HostName, INTERNET_HOSTS, NAME_SERVERS } from './addresses.ts';
import { type NameFiles, writeWorldZones } from './named.ts';
import type { exec } from './processes.ts';
import { type DnsRecord, TEMPORARY_ADDRESS, type World, ZONES } from './world.ts';

/** `exec` within one world. */
type Exec = (host: HostName, command: readonly string[]) => ReturnType<typeof exec>;

/** ms; a reload takes about 50. */
const RELOAD_TIMEOUT = 10_000;
/** ms; a reload that is asked for during another one is lost: ask again after this long. */
const RELOAD_RETRY = 500;
/** ms; a resolver with an empty cache needs about 50 for a name. */
const RESOLVE_TIMEOUT = 10_000;
/** ms; between queries that wait for something. */
const POLL = 20;

/** One try of a second, so that waiting is up to the caller. */
const OPTIONS = ['+short', '+tries=1', '+time=1'];

/** Writes the world's zones for the first time and returns what replaces the records in them later. */
export async function authoritativeRecords(
  world: World,
  files: NameFiles,
  exec: Exec,
): Promise<{ replace(records: readonly DnsRecord[]): Promise<void> }> {
  const temporary = world.server.temporaryAddress ? await temporaryAddress(exec) : undefined;
  const resolved = (records: readonly DnsRecord[]) =>
    records.map((each) => (each.value === TEMPORARY_ADDRESS ? { ...each, value: temporary ?? '' } : each));
  const { authority, records, recordsCached, recordsOfNs2 } = world.dns;
  let serial = newSerial(0);
  const write = async (ns1: readonly DnsRecord[], ns2: readonly DnsRecord[] | undefined) => {
    serial = newSerial(serial);
    await writeWorldZones(files, { ns1: resolved(ns1), ns2: ns2 && resolved(ns2) }, serial);
  };
  await write(recordsCached ?? records, recordsOfNs2);
  return {
    async replace(next) {
      const deadline = Date.now() + RELOAD_TIMEOUT;
      while (Date.now() < deadline) {
        await write(next, recordsOfNs2 && next);
        process.kill(Number(await readFile(files.pidFile, 'utf8')), 'SIGHUP');
        // Servers without the zones have nothing to wait for.
        if (authority === 'refusing' || (await serves(serial, exec))) return;
      }
      throw new Error(`The authoritative servers did not take serial ${serial}.`);
    },
  };
}

/** s since 1970, as many zones have it; higher than the last one in any case, and than one that another process set. */
function newSerial(last: number): number {
  return Math.max(last + 1, Math.floor(Date.now() / 1000));
}

/** Whether both servers give both zones under this serial, soon. */
async function serves(serial: number, exec: Exec): Promise<boolean> {
  const questions = [NAME_SERVERS.ns1, NAME_SERVERS.ns2].flatMap((index) =>
    ZONES.map((zone) => [`@${INTERNET_HOSTS.dns[4][index]}`, zone, 'SOA', ...OPTIONS]),
  );
  const until = Date.now() + RELOAD_RETRY;
  do {
    const { stdout } = await exec('dns', ['dig', ...questions.flat()]);
    const answers = stdout.trim().split('\n');
    if (answers.length === questions.length && answers.every((soa) => soa.split(' ')[2] === `${serial}`))
      return true;
    await delay(POLL);
  } while (Date.now() < until);
  return false;
}

/** Asks the resolver for all records, so that it has them in its cache. */
export async function fillCache(records: readonly DnsRecord[], exec: Exec): Promise<void> {
  const resolver = `@${addressOf('resolver', 4)}`;
  for (const { name, type, value } of records) {
    const deadline = Date.now() + RESOLVE_TIMEOUT;
    for (;;) {
      const { stdout } = await exec('outside', ['dig', resolver, name, type, ...OPTIONS]);
      if (stdout.split('\n').includes(value)) break;
      if (Date.now() > deadline) throw new Error(`The resolver never gave ${type} ${value} for ${name}.`);
      await delay(POLL);
    }
  }
}

/** The address that the server's kernel made up in its prefix. */
async function temporaryAddress(exec: Exec): Promise<string> {
  const { stdout } = await exec('server', ['ip', '-6', 'address', 'show', 'dev', 'eth0', 'temporary']);
  const address = /inet6 (\S+)\/64/u.exec(stdout)?.[1];
  if (address === undefined) throw new Error('The kernel made no temporary address for the server.');
  return address;
}
