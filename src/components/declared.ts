import { isPublic, parseAddress } from '../model/address.ts';
import { comingBack } from '../model/coming-back.ts';
import type { Plan, RecordsAtRoute53 } from '../model/plan.ts';
import type { PlannedSet } from '../model/record-set.ts';
import { openPorts } from './relay-host.ts';
import { DNS_RECORD_TYPE, HOSTED_SETS_TYPE, NAME_RECORDS_TYPE, RECORD_SET_TYPE } from './type-names.ts';

/** A resource as a program declares it. What is known only when it runs is `LATER`. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** It stays when the stack goes, and this is what it was imported from; null where it goes. */
  readonly stays: { readonly importedFrom: string | null } | null;
}

/** In the place of a value that another resource gives. */
export const LATER = Symbol('known later');

export type Fault =
  /** A port that no service of the plan has. */
  | { readonly code: 'port'; readonly port: string }
  /** An address that neither the stack holds nor the plan proved to be the server's. */
  | { readonly code: 'address'; readonly name: string; readonly address: string }
  /** A record would stay as it is when the stack goes. */
  | { readonly code: 'left-behind'; readonly name: string }
  /** A secret in clear, which would be stored in the state. */
  | { readonly code: 'secret'; readonly variable: string };

/** Reasons not to deploy a resource. */
export function faultsOf(plan: Plan, declared: Declared, secrets: ReadonlyMap<string, string>): Fault[] {
  return [
    ...portFaults(plan, declared),
    ...addressFaults(plan, declared),
    ...leftBehind(plan, declared),
    ...secretsIn(declared.inputs, secrets),
  ];
}

/** What a plan says outright will be declared: looked at before anything is, so that nothing has happened yet. */
export function declaredBy(plan: Plan): Declared[] {
  const it = (type: string, name: string, inputs: Declared['inputs']): Declared => ({
    type,
    name,
    inputs,
    stays: null,
  });
  switch (plan.remedy) {
    case 'a-record':
      return plan.provider === 'cloudflare'
        ? plan.records.map((record) => it(DNS_RECORD_TYPE, record.name, record))
        : plan.records.map((set) => it(RECORD_SET_TYPE, set.name, { type: set.type, records: set.values }));
    case 'edge-proxy':
      return [it(NAME_RECORDS_TYPE, plan.name, { records: plan.records })];
    case 'cdn': {
      const { name, addresses } = plan.origin;
      const wanted = [{ type: 'AAAA', values: addresses ?? [] }];
      return addresses === null ? [] : [it(HOSTED_SETS_TYPE, name, { name, wanted, previous: [], back: [] })];
    }
    // Where those lead to, only the clouds will say.
    case 'tunnel':
    case 'relay':
      return [];
  }
}

/** Types that let packets in, and where each says which. */
const OPENINGS: Readonly<Record<string, string | null>> = {
  'aws:lightsail/instancePublicPorts:InstancePublicPorts': 'portInfos',
  'aws:ec2/securityGroup:SecurityGroup': 'ingress',
  // One rule each.
  'aws:ec2/securityGroupRule:SecurityGroupRule': null,
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': null,
};

/** Tells hosts what size of packets a path takes, and opens nothing (RFC 4890 4.3.1). */
const NO_PORT: readonly unknown[] = ['icmp', 'icmpv6'];

function portFaults(plan: Plan, { type, inputs }: Declared): Fault[] {
  const where = OPENINGS[type];
  if (where === undefined) return [];
  if (where === null && inputs.type === 'egress') return [];
  const rules = where === null ? [inputs] : inputs[where];
  const open = plan.remedy === 'relay' ? openPorts(plan.settings.services) : [];
  if (!Array.isArray(rules))
    return rules === undefined ? [] : [{ code: 'port', port: 'ports that nobody knows yet' }];
  return rules.flatMap((rule: Readonly<Record<string, unknown>>): Fault[] => {
    const protocol = rule.protocol ?? rule.ipProtocol;
    if (NO_PORT.includes(protocol)) return [];
    const isService = open.some(
      (service) =>
        service.protocol === protocol && service.port === rule.fromPort && service.port === rule.toPort,
    );
    return isService
      ? []
      : [{ code: 'port', port: `${shown(protocol)} ${shown(rule.fromPort)}-${shown(rule.toPort)}` }];
  });
}

const shown = (value: unknown): string => (value === LATER ? 'unknown' : String(value));

function addressFaults(plan: Plan, { type, name, inputs }: Declared): Fault[] {
  const all = contentsOf(type, inputs);
  const known = knownAddresses(plan);
  return all
    .filter((content) =>
      content === LATER
        ? // Only a relay's address is one that the stack itself holds.
          plan.remedy !== 'relay'
        : typeof content !== 'string' || !known.has(content),
    )
    .map((content) => ({
      code: 'address',
      name,
      address: content === LATER ? 'an unknown one' : String(content),
    }));
}

/** What a resource writes into A and AAAA records. */
function contentsOf(type: string, inputs: Declared['inputs']): unknown[] {
  const isAddress = (one: unknown): boolean => one === 'A' || one === 'AAAA';
  switch (type) {
    case DNS_RECORD_TYPE:
      return isAddress(inputs.type) ? [inputs.content] : [];
    case RECORD_SET_TYPE:
      return isAddress(inputs.type) ? [inputs.records ?? []].flat() : [];
    case HOSTED_SETS_TYPE: {
      // An alias leads to what the stack has made, or is refused by Route 53.
      const wanted = Array.isArray(inputs.wanted) ? inputs.wanted : [];
      return wanted.flatMap((set: { type?: unknown; values?: unknown }) =>
        isAddress(set.type) ? [set.values ?? []].flat() : [],
      );
    }
    case NAME_RECORDS_TYPE: {
      const records = Array.isArray(inputs.records) ? inputs.records : [];
      // Null: its content is never written.
      return records.flatMap((record: { type?: unknown; content?: unknown }) =>
        isAddress(record.type) && record.content !== null && record.content !== undefined
          ? [record.content]
          : [],
      );
    }
    default:
      return [];
  }
}

/** Addresses that the plan proved to be the server's, or that were in the record before and are left there. */
function knownAddresses(plan: Plan): ReadonlySet<string> {
  switch (plan.remedy) {
    case 'a-record': {
      const kept =
        plan.provider === 'cloudflare'
          ? plan.records.flatMap(({ leaveContent, content }) => (leaveContent ? [content] : []))
          : plan.records.flatMap((set) => (set.leaveContent ? set.values : besideIt(plan, set)));
      return new Set([...plan.proven.filter((address) => isPublic(address)), ...kept]);
    }
    case 'edge-proxy':
    case 'cdn':
      return new Set(plan.proven);
    case 'tunnel':
    case 'relay':
      return new Set();
  }
}

/** What was in a set: as it is taken over, or, where it is made again, as it was before the stack. */
function besideIt({ previous }: RecordsAtRoute53, { type, name, adopt, values }: PlannedSet): string[] {
  const before = previous.filter((set) => set.name === name && set.type === type);
  return [
    ...(adopt?.values ?? []),
    ...before.flatMap((set) => set.values.filter((value) => values.includes(value))),
  ];
}

/** A record that was taken over may stay where its old values come back, or where its content is somebody else's. */
function leftBehind(plan: Plan, declared: Declared): Fault[] {
  const { type, name, stays, inputs } = declared;
  // These put back what was there themselves: of an AAAA that they replace, they have to.
  if (type === HOSTED_SETS_TYPE) {
    const sixes = (list: unknown) =>
      Array.isArray(list) && list.some((set: { type?: unknown }) => set.type === 'AAAA');
    const isLost = sixes(inputs.wanted) && sixes(inputs.previous) && !sixes(inputs.back);
    return isLost ? [{ code: 'left-behind', name }] : [];
  }
  if (stays === null || (type !== DNS_RECORD_TYPE && type !== RECORD_SET_TYPE)) return [];
  const { importedFrom } = stays;
  const isKnown =
    importedFrom === null
      ? isMadeAgain(plan, declared)
      : returning(plan).some((id) => importedFrom.includes(id));
  return isKnown ? [] : [{ code: 'left-behind', name }];
}

/**
 * A set that was taken over and that somebody deleted since. At Route 53 the old one comes back by being written over
 * it, so it stays as one does that is imported. At Cloudflare what is made goes, whatever comes back.
 */
function isMadeAgain(plan: Plan, { type, inputs }: Declared): boolean {
  if (type !== RECORD_SET_TYPE || plan.remedy !== 'a-record' || plan.provider !== 'route53') return false;
  return [...comingBack(plan), ...plan.records.filter(({ leaveContent }) => leaveContent)].some(
    (set) => set.name === inputs.name && set.type === inputs.type,
  );
}

/** Ids at Cloudflare, or names at Route 53, of what comes back or is left. */
function returning(plan: Plan): string[] {
  // Their records are changed by resources that put them back themselves, and none is told to stay.
  if (plan.remedy === 'edge-proxy' || plan.remedy === 'tunnel' || plan.remedy === 'cdn') return [];
  const records = plan.remedy === 'relay' ? plan.dns : plan;
  if (records.provider === 'manual') return [];
  const left = plan.remedy === 'a-record' ? plan.records.filter(({ leaveContent }) => leaveContent) : [];
  return [
    ...records.previous.map((record) => ('id' in record ? record.id : record.name)),
    ...left.flatMap((record) =>
      record.adopt !== null && 'recordId' in record.adopt ? [record.adopt.recordId] : [record.name],
    ),
  ];
}

/** @param secrets values by the name of their variable */
export function secretsIn(value: unknown, secrets: ReadonlyMap<string, string>): Fault[] {
  const texts = textsIn(value);
  return [...secrets]
    .filter(([, secret]) => texts.some((text) => text.includes(secret)))
    .map(([variable]) => ({ code: 'secret', variable }));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return value !== null && typeof value === 'object' ? Object.entries(value).flat().flatMap(textsIn) : [];
}

/** Why it is not deployed, in a sentence. */
export function faultSentence(fault: Fault): string {
  switch (fault.code) {
    case 'port':
      return `The plan would open ${fault.port}, which is no service of it.`;
    case 'address':
      return `${fault.name} would lead to ${parseAddress(fault.address) ?? fault.address}, which neither the stack holds nor the plan proved to be the server's.`;
    case 'left-behind':
      return `${fault.name} would stay in DNS when the stack goes.`;
    case 'secret':
      return `What is in ${fault.variable} would be stored in clear.`;
  }
}
