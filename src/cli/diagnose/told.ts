import { familyOf, parseAddress, scopeOf } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';
import type { ToldFacts } from '../../model/facts/router.ts';
import { readPort } from '../../model/port.ts';

interface Flags {
  readonly wanIpv4?: string;
  readonly forward?: readonly string[];
  readonly routerFirewall?: 'open' | 'blocks';
  readonly boxInFront?: string;
}

/** Scopes that no router's WAN has. */
const NEVER_WAN = ['loopback', 'multicast', 'unspecified'];
const MAX_FORWARDS = 64;

/**
 * What the user read on the router's page; null where nothing was said.
 * @throws UserError
 */
export function readTold({ wanIpv4, forward, routerFirewall, boxInFront }: Flags): ToldFacts | null {
  if ([wanIpv4, forward, routerFirewall, boxInFront].every((flag) => flag === undefined)) return null;
  return {
    wanIpv4: wanIpv4 === undefined ? null : readWan(wanIpv4),
    forwards: forward === undefined ? null : readForwards(forward),
    routerFirewall: routerFirewall ?? null,
    boxInFront: boxInFront === undefined ? null : readBoxInFront(boxInFront),
  };
}

function readWan(text: string): string {
  if (text === 'none') return text;
  return wanAddress(
    '--wan-ipv4',
    text,
    "expected what the router's page shows for its internet connection, such as 81.2.69.142 or 100.64.7.9, or none",
    'where the page shows 0.0.0.0 or nothing, say none',
  );
}

function readBoxInFront(text: string): string {
  if (text === 'none' || text === 'blocks') return text;
  return wanAddress(
    '--box-in-front',
    text,
    'expected none, blocks, or the address that its page shows for its internet connection, such as 81.2.69.142',
    'read it under Internet or WAN on the page of the box in front',
  );
}

function wanAddress(flag: string, text: string, expected: string, instead: string): string {
  const address = parseAddress(text);
  if (address === null || familyOf(address) !== 'ipv4') {
    throw new UserError(`${flag} "${text}" is no IPv4 address; ${expected}.`);
  }
  const scope = scopeOf(address);
  if (NEVER_WAN.includes(scope)) {
    throw new UserError(
      `${flag} ${address} can't be a router's address on the internet side (it is a ${scope} address); ${instead}.`,
    );
  }
  return address;
}

function readForwards(texts: readonly string[]): ToldFacts['forwards'] {
  if (texts.includes('none')) {
    if (texts.length > 1) {
      throw new UserError(
        '--forward none was given together with another --forward; expected one or the other.',
      );
    }
    return 'none';
  }
  if (texts.length > MAX_FORWARDS) {
    throw new UserError(`--forward was given ${texts.length} times; expected ${MAX_FORWARDS} at most.`);
  }
  return texts.map(readForward);
}

function readForward(text: string): { externalPort: number; host: string; port: number } {
  const fail = (what: string): never => {
    throw new UserError(
      `--forward "${text}" can't be read: ${what}; expected EXTERNAL-PORT:HOST:PORT as the router's page shows it, such as 443:192.168.1.10:443, or none.`,
    );
  };
  const [external = '', hostText = '', internal = '', ...rest] = text.split(':');
  if (internal === '' || rest.length > 0) fail('it has not three parts');
  const host = parseAddress(hostText);
  if (host === null || familyOf(host) !== 'ipv4') return fail(`"${hostText}" is no IPv4 address`);
  const port = (digits: string): number => readPort(digits) ?? fail(`"${digits}" is no port from 1 to 65535`);
  return { externalPort: port(external), host, port: port(internal) };
}
