import { familyOf } from '../../../model/address.ts';
import { compareAnyone } from '../packet.ts';
import { addressNumber, includes, prefixRange, type Range } from '../ranges.ts';
import type { Tri } from '../segment.ts';
import { isAny, type Question, some } from './question.ts';

/** Keywords for single hosts that the machine is configured with (MSFT_NetAddressFilter): none of them is just anybody. */
const HOSTS: ReadonlySet<string> = new Set(['defaultgateway', 'dhcp', 'dns', 'wins']);

/** Whether somebody among those asked about is who the rule is for. Nothing at all: the filter wasn't read. */
export function remoteMatches(remote: readonly string[], question: Question): Tri {
  const { family, who } = question;
  if (remote.length === 0) return 'unknown';
  const ranges: Range[] = [];
  const words: Tri[] = [];
  for (const text of remote) {
    const range = rangeOf(text);
    if (range === null) words.push(keyword(text, question));
    else if (range.family === family) ranges.push(range.range);
  }
  return some(...words, compareAnyone(who, ranges));
}

/** Whether the own address is one that the rule is for. */
export function localMatches(local: readonly string[], { family, destination }: Question): Tri {
  const own = addressNumber(destination);
  if (local.length === 0 || own === null) return 'unknown';
  return some(
    ...local.map((text): Tri => {
      if (isAny(text)) return 'yes';
      const range = rangeOf(text);
      if (range === null) return 'unknown';
      return range.family === family && includes([range.range], own.value) ? 'yes' : 'no';
    }),
  );
}

/** A keyword ends in 4 or 6 where it is about one family only. */
function keyword(text: string, { family, source }: Question): Tri {
  if (isAny(text)) return 'yes';
  const [, word = '', only] = /^([a-z]+)([46])?$/u.exec(text.toLowerCase()) ?? [];
  if (only !== undefined && only !== (family === 'ipv4' ? '4' : '6')) return 'no';
  if (word === 'localsubnet') return source === 'lan' ? 'yes' : 'no';
  // Which of the others is meant, network isolation decides: Internet, Intranet, PlayToDevice, …
  return HOSTS.has(word) ? 'no' : 'unknown';
}

/** `1.2.3.4`, `1.2.3.0/24`, `1.2.3.0/255.255.255.0`, `1.2.3.4-1.2.3.7`, and the same of IPv6. */
function rangeOf(text: string): { family: 'ipv4' | 'ipv6'; range: Range } | null {
  const [first = '', last] = text.split('-');
  if (last !== undefined) {
    const [low, high] = [addressNumber(first.trim()), addressNumber(last.trim())];
    if (low === null || high === null || low.family !== high.family || low.value > high.value) return null;
    return { family: low.family, range: [low.value, high.value] };
  }
  const [host = '', mask] = text.split('/');
  const address = addressNumber(host);
  if (address === null) return null;
  const length = mask === undefined ? null : lengthOf(mask);
  if (mask !== undefined && length === null) return null;
  const whole = address.family === 'ipv4' ? 32 : 128;
  const range = prefixRange(address.value, length ?? whole, address.family);
  return range === null ? null : { family: address.family, range };
}

function lengthOf(mask: string): number | null {
  if (/^\d{1,3}$/u.test(mask)) return Number(mask);
  const number = addressNumber(mask);
  if (number === null || familyOf(mask) !== 'ipv4') return null;
  const bits = number.value.toString(2).padStart(32, '0');
  return /^1*0*$/u.test(bits) ? (bits.indexOf('0') === -1 ? 32 : bits.indexOf('0')) : null;
}
