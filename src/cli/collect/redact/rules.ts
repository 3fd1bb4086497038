import { constants } from 'node:os';
import type { z } from 'zod';
import { addressSchema, parseAddress } from '../../../model/address.ts';
import { EMPTY, isStockTitle } from '../../../model/identity.ts';
import { isDockerBridge } from '../../../model/interface-name.ts';
import { PUBLIC_STUN, PUBLIC_WHOAMI } from '../../diagnose/options.ts';
import type { StandIns } from './stand-ins.ts';
import type { Rule } from './walk.ts';
import {
  INTERFACE_STEM,
  isKnownProgram,
  KEY_ALGORITHMS,
  LINK_KINDS,
  PLAIN_INTERFACE,
  RCODES,
  TRACERS,
  WAN_STATUS,
} from './words.ts';

type Made = (text: string, by: StandIns) => string | undefined;

const name: Made = (text, { names }) => names.of(text);
const server: Made = (text, { names }) => names.ofServer(text);
const prose: Made = (text, by) => by.prose(text);

const oneOf =
  (allowed: readonly string[]): Made =>
  (text) =>
    allowed.includes(text) ? text : undefined;
const like =
  (pattern: RegExp): Made =>
  (text) =>
    pattern.test(text) ? text : undefined;

const netInterface: Made = (text, by) => {
  if (PLAIN_INTERFACE.test(text)) return text;
  // A hyphen, so that no number of ours reads as one of the system's.
  const [stem] = isDockerBridge(text) ? ['docker'] : (INTERFACE_STEM.exec(text) ?? []);
  return by.token(text, stem === undefined ? 'if' : stem.replace(/-$/u, ''));
};

/** Scheme, host and port; what stands behind them may say anything. */
const url: Made = (text, by) => {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed === null || parsed.host === '' || !['http:', 'https:'].includes(parsed.protocol))
    return undefined;
  const port = parsed.port === '' ? '' : `:${parsed.port}`;
  return `${parsed.protocol}//${by.host(parsed.hostname)}${port}/${by.token(text, 'path')}`;
};

/** Services that are asked by everybody stay. */
const whoami: Made = (text, by) => {
  if (PUBLIC_WHOAMI.some((each) => each === text || new URL(each).host === text)) return text;
  return text.includes('://') ? url(text, by) : by.hostPort(text);
};

const stun: Made = (text, by) => (PUBLIC_STUN.includes(text) ? text : by.hostPort(text));

/** An address as a router told it, in whatever form. */
const toldAddress: Made = (text, by) => {
  const address = parseAddress(text);
  return text === '' ? text : address === null ? undefined : by.addresses.of(address);
};

/** Codes of failed connections (errno(3)), and Node's own of getaddrinfo(3). */
const ERRORS = [...Object.keys(constants.errno), 'EAI_AGAIN', 'ENOTFOUND', 'ECONNRESET'];

/** Texts that may stay in part or as they are, by where they stand: everything else is replaced. */
const RULES: Readonly<Record<string, Made>> = {
  how: prose,
  'reason.detail': prose,
  'facts.a.rcode': oneOf(RCODES),
  'facts.aaaa.rcode': oneOf(RCODES),
  'facts.a.chain.name': name,
  'facts.a.chain.target': name,
  'facts.a.soa.zone': name,
  'facts.aaaa.chain.name': name,
  'facts.aaaa.chain.target': name,
  'facts.aaaa.soa.zone': name,
  'delegation.facts.name': name,
  'delegation.facts.zone': name,
  'delegation.facts.nameServers.name': server,
  'authority.facts.name': name,
  'authority.facts.zone': name,
  'authority.facts.server.name': server,
  'system.facts.release': (text) => /^\d{1,3}\.\d{1,3}(?=\D|$)/u.exec(text)?.[0],
  'addresses.facts.addresses.interface': netInterface,
  'whoami.facts.service': whoami,
  'stun.facts.server': stun,
  'reach.facts.attempts.code': oneOf(ERRORS),
  'udp-reach.facts.attempts.code': oneOf(ERRORS),
  'reach.facts.identity.bodySha256': oneOf([EMPTY]),
  'reach.facts.identity.algorithm': oneOf(KEY_ALGORITHMS),
  'reach.facts.identity.location': url,
  // Whether a page is a program's own is judged by its title.
  'reach.facts.identity.title': (text) => (isStockTitle(text) ? 'Welcome to nginx' : undefined),
  'trace.facts.tool': oneOf(TRACERS),
  'trace.facts.hops.note': like(/^(?:!(?:[A-Z]|\d{1,3}))?$/u),
  'listeners.facts.sockets.interface': netInterface,
  'listeners.facts.sockets.program.name': (text) => (isKnownProgram(text) ? text : undefined),
  'listeners.facts.sockets.program.unit': (text) =>
    isKnownProgram(text.replace(/\.(?:service|socket)$/u, '')) ? text : undefined,
  'firewall.facts.interface': netInterface,
  'firewall.facts.decisions.by.table': prose,
  'firewall.facts.decisions.by.chain': prose,
  'firewall.facts.decisions.by.rule': prose,
  'firewall.facts.decisions.unknownBecause': prose,
  'routes.facts.replies.arrivesBy': netInterface,
  'routes.facts.replies.leavesBy': netInterface,
  'routes.facts.defaults.interface': netInterface,
  'routes.facts.interfaces.name': netInterface,
  'routes.facts.interfaces.kind': oneOf(LINK_KINDS),
  'arrivals.facts.arrivals.interface': netInterface,
  'arrivals.facts.replies.interface': netInterface,
  'upnp.facts.location': url,
  'upnp.facts.service': like(/^(?:urn:schemas-upnp-org:service:)?WAN(?:IP|PPP)Connection:[12]$/u),
  'upnp.facts.status': oneOf(WAN_STATUS),
  'upnp.facts.told': toldAddress,
};

/** The rule of one piece of evidence. @param target the name asked for, which a greeting may hold; null for an address */
export function ruleFor(probe: string, target: string | null, by: StandIns): Rule {
  return (text, path, schema: z.core.$ZodType) => {
    if (schema === addressSchema) return by.addresses.of(text);
    if (path === 'facts.identity.text' && target !== null && text.toLowerCase().includes(target)) {
      // Whether a greeting names its host is judged.
      return `${by.token(text)} ${by.names.of(target)}`;
    }
    return (RULES[`${probe}.${path}`] ?? RULES[path])?.(text, by);
  };
}
