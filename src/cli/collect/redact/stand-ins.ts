import { createHmac } from 'node:crypto';
import { parseAddress } from '../../../model/address.ts';
import { isHostName } from '../../../model/target.ts';
import { Addresses } from './addresses.ts';
import { Names } from './names.ts';
import { isKnownWord } from './words.ts';

/** What stands for a word that isn't known. */
const GAP = '…';
/** Longest number that is told: ports and counters have fewer digits than telephone numbers. */
const MAX_DIGITS = 5;

/** Options of commands and rules: `-vz`, `-4`. */
const FLAG = /^-{1,2}(?:[A-Za-z]{1,2}|\d)$/u;

/** Everything that is replaced in one file, the same by the same. */
export class StandIns {
  readonly addresses: Addresses;
  readonly names = new Names();
  readonly #key: Uint8Array;
  readonly #tokens = new Map<string, string>();

  /** @param key secret, random, and of this file alone */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.addresses = new Addresses(key);
  }

  /** For a text that is compared but needn't be read. */
  token(text: string, kind = 'text'): string {
    const id = `${kind}:${text}`;
    const known = this.#tokens.get(id);
    if (known !== undefined) return known;
    const made = `${kind}-${this.#tokens.size + 1}`;
    this.#tokens.set(id, made);
    return made;
  }

  /** For a hash: nobody can try which key or page it belongs to. */
  hash(text: string): string {
    return createHmac('sha256', this.#key).update(`hash:${text}`).digest('hex');
  }

  /** A host in an address's or a name's form. */
  host(text: string): string {
    const bare = text.replace(/^\[(.*)\]$/u, '$1');
    const address = parseAddress(bare);
    if (address === null) return this.names.of(text);
    const made = this.addresses.of(address);
    return text.startsWith('[') ? `[${made}]` : made;
  }

  /** `host:port`, with IPv6 in brackets. */
  hostPort(text: string): string {
    const [, host = text, port = ''] = /^(.*?)(:\d{1,5})?$/su.exec(text) ?? [];
    return parseAddress(text) === null ? `${this.host(host)}${port}` : this.host(text);
  }

  /** Sentences, rules and commands: known words, short numbers and marks stay; addresses and names are replaced. */
  prose(text: string): string {
    const parts = text.match(/[\p{L}\p{N}_.:/@%+!\-'[\]]+|[ {}(),;="<>|&]+/gu) ?? [];
    return parts.map((part) => (/^[ {}(),;="<>|&]/u.test(part) ? part : this.#word(part))).join('');
  }

  #word(word: string): string {
    if (FLAG.test(word)) return word;
    const [, before = '', core = '', after = ''] = /^([@!+\-']*)(.*?)([.:,']*)$/su.exec(word) ?? [];
    const known = this.#core(core);
    return known === null ? GAP : `${before}${known}${after}`;
  }

  #core(core: string): string | null {
    if (core === '' || isKnownWord(core)) return core;
    if (/^\d+(?:[-:]\d+)?$/u.test(core)) return core.length <= 2 * MAX_DIGITS && isShort(core) ? core : null;
    const [, host = '', length, port = ''] = /^(.*?)(?:\/(\d{1,3})|(:\d{1,5}))?$/su.exec(core) ?? [];
    const whole = parseAddress(core);
    if (whole !== null) return this.addresses.of(whole);
    const address = parseAddress(host.replace(/^\[(.*)\]$/u, '$1'));
    if (address !== null) {
      const bits = address.includes(':') ? 128 : 32;
      if (length !== undefined)
        return Number(length) <= bits
          ? `${this.addresses.ofPrefix(address, Number(length))}/${length}`
          : null;
      return `${this.host(host)}${port}`;
    }
    if (length !== undefined || !isHostName(host)) return null;
    const met = this.names.met(host);
    return met === null ? null : `${met}${port}`;
  }
}

const isShort = (core: string): boolean => core.split(/[-:]/u).every((number) => number.length <= MAX_DIGITS);
