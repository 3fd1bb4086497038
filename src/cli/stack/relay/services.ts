import type { Diagnosis } from '../../../model/diagnosis.ts';
import { UserError } from '../../../model/error.ts';
import type { RelayService } from '../../../model/relay.ts';
import type { RelayPlan } from '../../../model/relay-plan.ts';
import { defaultServices } from '../../../remedies/relay/default-services.ts';
import type { StackContext } from '../context.ts';
import { lookBeside, originText, takesProxy } from './looks.ts';
import { type RelayOptions, readPorts } from './options.ts';
import { parseService, specOf } from './service-spec.ts';

/** What the relay forwards, and what a person should know of it. */
export interface ChosenServices {
  readonly services: RelayService[];
  readonly notes: readonly string[];
}

export interface Around {
  /** The plan of a relay in the stack's configuration. */
  readonly earlier: RelayPlan | null;
  /** The address that the target's name will have when the relay takes over: until then, its AAAA are somebody else's. */
  readonly hidden: string | null;
}

/**
 * As the user says; else as the earlier plan does; else the diagnosis's service and what belongs to it.
 * @throws UserError for what can't be read, and for an origin that doesn't take the PROXY protocol
 */
export async function chooseServices(
  options: Pick<RelayOptions, 'services' | 'proxyProtocol'>,
  diagnosis: Diagnosis,
  { earlier, hidden }: Around,
  context: StackContext,
): Promise<ChosenServices> {
  const { target } = diagnosis;
  const found = await services(options, diagnosis, earlier, hidden ?? target.host, context);
  const fixed = hidden ?? (options.services.length > 0 ? null : fixedAt(found.services, target));
  if (fixed === null || !found.services.some(({ origin }) => origin.host === fixed)) return found;
  const follow = followCommand(found.services, fixed, target.host);
  const note =
    hidden === null
      ? `The relay leads to ${fixed} and not to ${target.host}, so it doesn't follow a new prefix. To let it:  ${follow}`
      : `The relay leads to ${fixed}, the address of ${target.host} from before this stack: until the change, its AAAA lead to Cloudflare, and a relay that followed them would go in a circle. Once it is up, this lets it follow the name:  ${follow}`;
  return { services: found.services, notes: [...found.notes, note] };
}

/** An address that services lead to in place of the target's name. */
const fixedAt = (services: readonly RelayService[], { hostKind }: Diagnosis['target']): string | null =>
  hostKind === 'name'
    ? (services.find(({ origin }) => origin.host.includes(':'))?.origin.host ?? null)
    : null;

/** The same services, leading to the name. */
const followCommand = (services: readonly RelayService[], fixed: string, name: string): string =>
  [
    'reach4 plan',
    ...services.map((service) => {
      const { origin } = service;
      const named = origin.host === fixed ? { ...service, origin: { ...origin, host: name } } : service;
      return `--service ${specOf(named, name)}`;
    }),
  ].join(' ');

/** @param host where services lead to that aren't said to lead elsewhere */
async function services(
  options: Pick<RelayOptions, 'services' | 'proxyProtocol'>,
  diagnosis: Diagnosis,
  earlier: RelayPlan | null,
  host: string,
  context: StackContext,
): Promise<ChosenServices> {
  const { target } = diagnosis;
  const ports = readPorts(options.proxyProtocol);
  const leadingTo = (service: RelayService): RelayService =>
    service.origin.host === target.host ? { ...service, origin: { ...service.origin, host } } : service;
  if (options.services.length > 0) {
    const said = options.services.map((spec) => parseService(spec, target.host)).map(leadingTo);
    return { services: await withProxy(said, ports, diagnosis, context), notes: [] };
  }
  if (earlier !== null && earlier.target.host === target.host) {
    const { services: before } = earlier.settings;
    return {
      services: ports.length === 0 ? before : await withProxy(before, ports, diagnosis, context),
      notes: [],
    };
  }
  const beside = await lookBeside(diagnosis, context);
  const usual = defaultServices(target, beside).map(leadingTo);
  const isWeb = usual.some(({ kind }) => kind === 'tls');
  const notes =
    isWeb && target.port === 443 && !beside.http
      ? [
          `Port 80 is not forwarded: nothing answered there over IPv6, seen from here. For certificate challenges over HTTP, add --service tls:443 --service http:80.`,
        ]
      : [];
  return { services: await withProxy(usual, ports, diagnosis, context), notes };
}

async function withProxy(
  services: readonly RelayService[],
  wanted: readonly number[],
  diagnosis: Diagnosis,
  context: StackContext,
): Promise<RelayService[]> {
  for (const port of wanted) {
    if (!services.some((service) => service.kind !== 'udp' && service.port === port)) {
      throw new UserError(
        `--proxy-protocol ${port} names no service of the relay over TCP; expected one of the ports ${services.flatMap((each) => (each.kind === 'udp' ? [] : [each.port])).join(', ') || '(none)'}.`,
      );
    }
  }
  return Promise.all(
    services.map(async (service) => {
      if (service.kind === 'udp') return service;
      if (!wanted.includes(service.port)) return { ...service, proxyProtocol: false };
      const answer = await takesProxy(service, diagnosis, context);
      if (answer !== 'takes') throw new UserError(notTaken(service, answer));
      return { ...service, proxyProtocol: true };
    }),
  );
}

function notTaken({ kind, port, origin }: RelayService, answer: 'refuses' | 'unknown'): string {
  const at = originText(origin);
  const why =
    answer === 'refuses'
      ? `${at} does not answer as itself behind a PROXY header, so with --proxy-protocol ${port} nobody would get through`
      : `whether ${at} takes the PROXY protocol can't be told from here, and if it doesn't, nobody gets through with --proxy-protocol ${port}`;
  return `${why}; expected a port of the server's program that takes it (in nginx: listen [::]:8443 ssl proxy_protocol), as --service ${kind}:${port}@:8443.`;
}
