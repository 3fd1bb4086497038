import { companyOf } from '../../../model/view/dns-host.ts';
import { edgeSuffix } from '../../../model/view/proxies.ts';

/** Reserved for documentation (RFC 2606): no stand-in is anybody's name. */
const TOP = 'example';

/** Of Google Cloud DNS, five sets of name servers serve everybody. */
const SHARED_SERVERS = /^ns-cloud-[a-e]\d\.googledomains\.com$/u;
/** The numbers tell which zone it is, as they are given to few. */
const ROUTE53 = /^ns-\d+\.awsdns-\d+(\.(?:com|net|org|co\.uk))$/u;

/** Stand-ins for host names that keep which name is below which, and whose edge or name server one is. */
export class Names {
  readonly #known = new Map<string, string>();
  readonly #servers = new Map<string, string>();
  #count = 0;

  /** Label by label from the end: what is below another name stays below it. */
  of(name: string): string {
    if (name === '' || name === '.') return name;
    if (name.endsWith('.')) return `${this.of(name.slice(0, -1))}.`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name);
    this.#known.set(name, made);
    return made;
  }

  /** A name server's name: those of a known company stay recognisable as such. */
  ofServer(name: string): string {
    const plain = name.toLowerCase().replace(/\.$/u, '');
    if (SHARED_SERVERS.test(plain)) return plain;
    const [, ending] = ROUTE53.exec(plain) ?? [];
    if (ending !== undefined)
      return this.#server(plain, (number) => `ns-${number}.awsdns-${number}${ending}`);
    const labels = plain.split('.');
    // The shortest ending that is the company's own; names in front of it may be a customer's.
    const length = labels.findLastIndex((_, at) => companyOf(`x.${labels.slice(at).join('.')}`) !== null);
    return length <= 0
      ? this.of(name)
      : this.#server(plain, (number) => `ns${number}.${labels.slice(length).join('.')}`);
  }

  /** The stand-in of a name that was met before; null for all others. */
  met(name: string): string | null {
    return this.#known.get(name) ?? this.#servers.get(name) ?? null;
  }

  #make(name: string): string {
    // An edge's own zone is public; what stands in front of it is a customer's.
    if (edgeSuffix(`x.${name}`) === `.${name}`) return name;
    this.#count += 1;
    const label = `n${this.#count}`;
    const dot = name.indexOf('.');
    return dot === -1 ? `${label}.${TOP}` : `${label}.${this.of(name.slice(dot + 1))}`;
  }

  #server(name: string, make: (number: number) => string): string {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const made = make(this.#servers.size + 1);
    this.#servers.set(name, made);
    return made;
  }
}
