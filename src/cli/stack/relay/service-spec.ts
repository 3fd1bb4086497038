import { domainToASCII } from 'node:url';
import { bracketed } from '../../../model/address.ts';
import { UserError } from '../../../model/error.ts';
import { readPort } from '../../../model/port.ts';
import type { Origin, RelayService } from '../../../model/relay.ts';
import { readName, readOriginHost } from '../../../relay/check.ts';
import { refusalSentence } from '../../../relay/refusal.ts';

const KINDS: readonly RelayService['kind'][] = ['tcp', 'tls', 'http', 'udp'];

const EXPECTED =
  'expected KIND:PORT, such as tcp:22, udp:27015 or tls:443:home.example.org, with @HOST, @HOST:PORT or @:PORT behind it where it leads elsewhere';

/**
 * Reads one `--service` as a user types it. What is left out is the target's.
 * @param target host of the diagnosis's target: a name or an IPv6 address
 * @throws UserError with what was given and what is expected
 */
export function parseService(spec: string, target: string): RelayService {
  const fail = (what: string): never => {
    throw new UserError(`--service "${spec}" can't be forwarded: ${what}; ${EXPECTED}.`);
  };
  const at = spec.indexOf('@');
  const [kindText = '', portText, namesText, ...more] = (at === -1 ? spec : spec.slice(0, at)).split(':');
  const kind = KINDS.find((each) => each === kindText.toLowerCase());
  if (kind === undefined) return fail(`"${kindText}" is none of ${KINDS.join(', ')}`);
  if (portText === undefined || portText === '') return fail('the port is missing');
  const port = portOf(portText, fail);
  if (more.length > 0) return fail('there is too much behind the port');
  const origin = readOrigin(at === -1 ? null : spec.slice(at + 1), { host: target, port }, fail);
  if (kind === 'tls' || kind === 'http') {
    return { kind, port, names: readNames(namesText, target, kind, fail), origin, proxyProtocol: false };
  }
  if (namesText !== undefined) {
    const meant = /^\d+$/u.test(namesText) ? `${kind}:${port}@:${namesText}` : `${kind}:${port}@${namesText}`;
    return fail(
      `${kind} forwards whatever comes to the port, so it takes no names (to lead elsewhere, write ${meant})`,
    );
  }
  return kind === 'udp' ? { kind, port, origin } : { kind, port, origin, proxyProtocol: false };
}

type Fail = (what: string) => never;

const portOf = (text: string, fail: Fail): number =>
  readPort(text) ?? fail(`the port "${text}" isn't a number from 1 to 65535`);

function readNames(text: string | undefined, target: string, kind: 'tls' | 'http', fail: Fail): string[] {
  if (text === undefined) {
    return target.includes(':')
      ? fail(`${kind} is told apart by names, and the target ${target} is an address`)
      : [target];
  }
  const names = text.split(',').map((each) => {
    const name = readName(domainToASCII(each) || each);
    return typeof name === 'string' ? name : fail(`"${each}" isn't a host name`);
  });
  return [...new Set(names)];
}

function readOrigin(text: string | null, byDefault: Origin, fail: Fail): Origin {
  if (text === null) return byDefault;
  if (text === '') return fail('nothing stands behind the @');
  const inBrackets = /^\[([^\]]*)\](?::(.*))?$/u.exec(text);
  const isBare = inBrackets === null && text.split(':').length > 2;
  const colon = text.indexOf(':');
  const hostText = inBrackets?.[1] ?? (isBare ? text : colon === -1 ? text : text.slice(0, colon));
  const portText =
    inBrackets === null ? (isBare || colon === -1 ? undefined : text.slice(colon + 1)) : inBrackets[2];
  const port = portText === undefined ? byDefault.port : portOf(portText, fail);
  if (hostText === '')
    return inBrackets === null ? { host: byDefault.host, port } : fail('the brackets are empty');
  const host = readOriginHost(hostText.includes(':') ? hostText : domainToASCII(hostText) || hostText);
  // The sentence ends a clause here.
  return typeof host === 'string' ? { host, port } : fail(refusalSentence(host).replace(/\.$/u, ''));
}

/** A service as it can be given to `--service` again. */
export function specOf(service: RelayService, target: string): string {
  const { kind, port, origin } = service;
  const names = 'names' in service && service.names.join() !== target ? `:${service.names.join(',')}` : '';
  const host = origin.host === target ? '' : bracketed(origin.host);
  const to = origin.port === port ? '' : `:${origin.port}`;
  return `${kind}:${port}${names}${host === '' && to === '' ? '' : `@${host}${to}`}`;
}
