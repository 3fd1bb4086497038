import { plainText } from '../../ports/plain-text.ts';
import { childText, descendants, parseXml, type XmlElement } from './xml.ts';

/** What can be called: a service of the router's that has the external address and the mappings. */
export interface Control {
  readonly url: string;
  /** As the router writes it, which its SOAP server may insist on. */
  readonly serviceType: string;
}

export interface Description {
  readonly device: string | null;
  readonly controls: readonly Control[];
}

/** Services asked of one router; one for IP and one for PPP are usual. */
const MAX_CONTROLS = 4;
/** Characters of a manufacturer's and of a model's name. */
const NAME_LENGTH = 60;

/** IGD:1 and IGD:2; whoever else than the forum defines one writes its own domain. */
const CONNECTION = /^urn:[\w.-]{1,64}:service:WAN(?<kind>IP|PPP)Connection:\d{1,2}$/iu;
/** Where case doesn't matter, `s` and `k` also stand for letters (U+017F, U+212A) that no header may hold. */
const ASCII = /^[!-~]*$/u;

/**
 * Reads a device description (UDA 1.1, 2.3); never throws.
 * @param location where it came from: every service has to be on the same host and port.
 * @returns the connection services, those for IP first; or in one sentence what is wrong.
 */
export function readDescription(text: string, location: URL): Description | string {
  const root = parseXml(text);
  if (typeof root === 'string') return root;
  const base = baseOf(root, location);
  if (base === null) return 'its services are said to be on another host or port';
  const controls: Control[] = [];
  for (const service of descendants(root, 'service')) {
    const serviceType = childText(service, 'servicetype') ?? '';
    const path = childText(service, 'controlurl') ?? '';
    if (!ASCII.test(serviceType) || !CONNECTION.test(serviceType) || path === '') continue;
    const url = URL.canParse(path, base.href) ? new URL(path, base.href) : null;
    if (url === null || !isSamePlace(url, location))
      return 'its services are said to be on another host or port';
    controls.push({ url: url.href, serviceType });
  }
  if (controls.length === 0) return 'no connection service in its description';
  const isPpp = ({ serviceType }: Control) =>
    CONNECTION.exec(serviceType)?.groups?.kind?.toUpperCase() === 'PPP';
  const ordered = [...controls.filter((each) => !isPpp(each)), ...controls.filter(isPpp)];
  return { device: deviceName(root), controls: ordered.slice(0, MAX_CONTROLS) };
}

/** UDA 1.0 had an element for it, which routers still send, often empty. */
function baseOf(root: XmlElement, location: URL): URL | null {
  const told = childText(root, 'urlbase') ?? '';
  if (told === '') return location;
  const base = URL.canParse(told) ? new URL(told) : null;
  return base !== null && isSamePlace(base, location) ? base : null;
}

const isSamePlace = (url: URL, location: URL): boolean =>
  url.origin === location.origin && url.username === '' && url.password === '';

function deviceName(root: XmlElement): string | null {
  const [device] = descendants(root, 'device');
  if (device === undefined) return null;
  const names = ['manufacturer', 'modelname'].map((name) =>
    plainText(childText(device, name) ?? '', NAME_LENGTH),
  );
  return names.filter((name) => name !== '').join(' ') || null;
}
