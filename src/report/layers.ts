import { type Family, familyOf, isPublic } from '../model/address.ts';
import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { type Evidence, isHere, seen } from '../model/evidence.ts';
import type { FindingCode } from '../model/finding.ts';
import { arrival4 } from '../model/view/arrival.ts';
import { reachSeen } from '../model/view/reach-seen.ts';
import { publicRecords } from '../model/view/records.ts';
import { clientAddresses } from '../model/view/service.ts';
import { OTHERWISE, whyOf } from './why.ts';

/** The stations between a client and the program, from outside inwards. */
export type LayerCode = 'dns' | 'isp' | 'outer-router' | 'router' | 'firewall' | 'program' | 'replies';

/** What is known of a station: packets get past it, it stops them, it may, or nobody saw. */
type LayerState = 'passes' | 'stops' | 'may-stop' | 'untold';

export interface Layer {
  readonly code: LayerCode;
  readonly name: string;
  readonly state: LayerState;
  /** Why it stops, in a few words. */
  readonly why: string;
}

/** Where each cause stops packets. */
const PLACE: Readonly<Record<Exclude<CauseCode, 'hairpin'>, LayerCode>> = {
  dns: 'dns',
  cgnat: 'isp',
  'isp-block': 'isp',
  'port-forward': 'router',
  'host-firewall': 'firewall',
  'ipv6-only-listener': 'program',
};

/** The stations of the family's way, each with what is known of it; without DNS where it is no problem. */
export function layersOf(diagnosis: Diagnosis, family: Family): Layer[] {
  const because = diagnosis.verdicts.flatMap((verdict) => verdict.because);
  const has = (code: FindingCode): boolean => because.some((finding) => finding.code === code);
  const layers: { code: LayerCode; name: string }[] = [
    { code: 'dns', name: 'DNS' },
    { code: 'isp', name: 'ISP' },
    ...(has('double-nat') && family === 'ipv4'
      ? [{ code: 'outer-router' as const, name: 'outer router' }]
      : []),
    ...(has('forward-not-needed') || has('no-nat') ? [] : [{ code: 'router' as const, name: 'router' }]),
    { code: 'firewall', name: 'firewall' },
    { code: 'program', name: programName(diagnosis) },
    { code: 'replies', name: 'replies' },
  ];
  return layers.map((layer) => ({ ...layer, ...stateOf(diagnosis, family, layer.code) }));
}

/** The program's own name, or its container's, as the sockets tell; a screen has room for a short one. */
const MAX_NAME = 20;
/** A program whose name wasn't seen. */
export const UNNAMED = 'service';

export function programName({ evidence, target }: Diagnosis): string {
  const sockets = seen(evidence, 'listeners')
    .flatMap(({ facts }) => facts.sockets)
    .filter(({ port }) => port === target.port);
  const named =
    sockets.find(({ container }) => container !== null)?.container ??
    sockets.find(({ program }) => program !== null)?.program?.name;
  return named === undefined || named === '' || named.length > MAX_NAME ? UNNAMED : named;
}

type State = Pick<Layer, 'state' | 'why'>;

function stateOf(diagnosis: Diagnosis, family: Family, code: LayerCode): State {
  const judged = judgedState(diagnosis, family, code);
  if (judged !== null) return judged;
  // The service answers from outside: whatever is on the way lets it through.
  if (diagnosis.reachable[family] === 'yes') return { state: 'passes', why: '' };
  const state = wasSeen(diagnosis, family, code) ? 'passes' : 'untold';
  return { state, why: OTHERWISE[code] };
}

/** What a verdict or a condition says of the station. */
function judgedState(diagnosis: Diagnosis, family: Family, code: LayerCode): State | null {
  if (diagnosis.reachable[family] === 'yes') return null;
  for (const { condition, verdict, because } of diagnosis.conditions) {
    const state = verdict === 'confirmed' ? 'stops' : 'may-stop';
    if (condition === 'service-down' && code === 'program') {
      return { state, why: verdict === 'confirmed' ? 'is down' : 'may be down' };
    }
    if (condition === 'replies-elsewhere' && code === 'replies' && family === 'ipv4') {
      const noRoute = because.some((finding) => finding.code === 'no-ipv4-route');
      return { state, why: noRoute ? 'no way back' : OTHERWISE.replies };
    }
  }
  if (code === 'dns') {
    const told = recordState(diagnosis, family);
    if (told !== null) return told;
  }
  if (family === 'ipv6') return null;
  const here = diagnosis.verdicts.filter(({ cause }) => placeOf(diagnosis, cause) === code);
  for (const wanted of ['confirmed', 'suspected'] as const) {
    const found = here.find(({ verdict }) => verdict === wanted);
    if (found?.because[0]?.code.startsWith('aaaa-')) return { state: 'passes', why: '' };
    if (found !== undefined)
      return { state: wanted === 'confirmed' ? 'stops' : 'may-stop', why: whyOf(found.because, code) };
  }
  const fine = here.length > 0 && here.every(({ verdict }) => verdict === 'ruled-out');
  return fine ? { state: 'passes', why: '' } : null;
}

/** Where the records themselves say it; null where they lead somewhere. */
function recordState(diagnosis: Diagnosis, family: Family): State | null {
  if (diagnosis.target.hostKind !== 'name') return { state: 'passes', why: '' };
  const type = family === 'ipv4' ? 'A' : 'AAAA';
  const records = publicRecords(diagnosis, type);
  if (!records.definite) {
    const state = diagnosis.reachable[family] === 'no' ? 'stops' : 'may-stop';
    return { state, why: 'no usable answer' };
  }
  if (records.addresses.length === 0 && family === 'ipv6') {
    return { state: 'stops', why: records.outcome === 'nxdomain' ? 'no such name' : `no ${type} record` };
  }
  const wrong = diagnosis.verdicts.some(
    ({ because, verdict }) =>
      verdict === 'confirmed' && because.some(({ code }) => code === 'aaaa-not-this-server'),
  );
  return family === 'ipv6' && wrong ? { state: 'stops', why: 'the wrong AAAA record' } : null;
}

function placeOf({ verdicts }: Diagnosis, cause: CauseCode): LayerCode | null {
  if (cause === 'hairpin') return null;
  const two = verdicts.some(({ because }) => because.some(({ code }) => code === 'double-nat'));
  return cause === 'cgnat' && two ? 'outer-router' : PLACE[cause];
}

/** Whether packets of the family were seen to get past the station, on whatever way they came. */
function wasSeen(diagnosis: Diagnosis, family: Family, code: LayerCode): boolean {
  const { evidence } = diagnosis;
  switch (code) {
    case 'dns':
      return clientAddresses(diagnosis, family).length > 0;
    case 'isp':
    case 'outer-router':
    case 'router':
      return arrived(diagnosis, family);
    case 'firewall':
      return firewallPasses(evidence, family);
    case 'program':
      return listens(evidence, family, diagnosis.target.port) || answersHere(evidence, family);
    case 'replies':
      return true;
  }
}

/** What a neighbour sends, or the server to itself, hasn't come by the provider and the router. */
function arrived(the: Diagnosis, family: Family): boolean {
  if (family === 'ipv4') return ['at-service', 'at-other-port'].includes(arrival4(the).state);
  const own = new Set(
    seen(the.evidence, 'addresses').flatMap(({ facts }) => facts.addresses.map(({ address }) => address)),
  );
  return seen(the.evidence, 'arrivals').some(({ facts }) =>
    facts.arrivals.some(
      (each) =>
        each.family === family && each.port === the.target.port && isPublic(each.from) && !own.has(each.from),
    ),
  );
}

function firewallPasses(evidence: readonly Evidence[], family: Family): boolean {
  const decisions = seen(evidence, 'firewall')
    .flatMap(({ facts }) => facts.decisions)
    .filter((each) => each.family === family && each.source === 'internet');
  return decisions.length > 0 && decisions.every(({ verdict }) => verdict === 'accept');
}

const listens = (evidence: readonly Evidence[], family: Family, port: number): boolean =>
  seen(evidence, 'listeners').some(({ facts }) =>
    facts.sockets.some(
      (socket) =>
        socket.port === port &&
        (socket.family === family ||
          (family === 'ipv4' && socket.address === null && socket.v6only === false)),
    ),
  );

const answersHere = (evidence: readonly Evidence[], family: Family): boolean =>
  reachSeen(evidence).some(
    (item) =>
      isHere(item) &&
      familyOf(item.facts.address) === family &&
      item.facts.identity !== null &&
      item.facts.identity.kind !== 'none' &&
      item.facts.roles.includes('own'),
  );
