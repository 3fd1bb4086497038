import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis, Verdict } from '../model/diagnosis.ts';
import type { Finding } from '../model/finding.ts';
import { programName, UNNAMED } from './layers.ts';
import { block, type Page } from './page.ts';

/** All that is fine, in one line: `fine: DNS (…), nginx listens on both families`. */
export function fine(diagnosis: Diagnosis, page: Page): string[] {
  const phrases = diagnosis.verdicts
    .filter(({ verdict }) => verdict === 'ruled-out')
    .flatMap((verdict) => phraseOf(verdict, diagnosis) ?? []);
  const unique = [...new Set(phrases)].map((phrase, index, all_) =>
    withoutRepeat(phrase, all_.slice(0, index)),
  );
  return unique.length === 0 ? [] : [block(page, `fine: ${unique.join(', ')}`, 2, 4)];
}

/** An address is named once. */
function withoutRepeat(phrase: string, before: readonly string[]): string {
  const address = PUBLIC_ADDRESS.exec(phrase)?.[1];
  const isKnown = address !== undefined && before.some((each) => each.includes(address));
  return isKnown ? 'the line has a public address' : phrase;
}
const PUBLIC_ADDRESS = /^public address (\S+)$/u;

const IN_THE_WAY = 'the way in (the service answers from outside)';

/** What makes the records right: two phrases are enough. */
const MAX_IN_DNS = 2;

function phraseOf(verdict: Verdict, diagnosis: Diagnosis): string | null {
  const { cause, because } = verdict;
  if (cause === 'dns') {
    const told = because
      .filter((finding) => !isSaid(finding, because))
      .flatMap(inDns)
      .slice(0, MAX_IN_DNS);
    return told.length === 0 ? 'DNS' : `DNS (${told.join('; ')})`;
  }
  // Ruled out as the reason for IPv4, but nothing that is fine.
  if (because.some(({ code }) => code === 'nothing-listens')) return null;
  const phrase = because.flatMap((finding) => shortly(finding, diagnosis))[0];
  return phrase ?? FINE[cause];
}

/** That the line's own address answers is said of the way in. */
const isSaid = (finding: Finding, because: readonly Finding[]): boolean =>
  finding.code === 'a-answers' &&
  because.some(
    ({ code, args }) => (code === 'a-is-own' || code === 'a-is-wan') && args.address === finding.args.address,
  );

const FINE: Readonly<Record<Exclude<CauseCode, 'dns'>, string>> = {
  cgnat: "the line's own address",
  'isp-block': 'no filter of the provider',
  'port-forward': 'the port forward',
  'host-firewall': "the server's firewall",
  'ipv6-only-listener': 'the listener',
  hairpin: 'access from inside',
};

/** What makes the records right, in a few words. */
function inDns({ code, args }: Finding): string[] {
  switch (code) {
    case 'a-is-own':
      return [`A is ${args.address}, this line's address`];
    case 'a-is-wan':
      return [`A is ${args.address}, the router's own`];
    case 'a-is-shared':
      return [`A is ${args.address}, as this line is seen`];
    case 'a-rightly-missing':
      return ['no A record, rightly'];
    case 'a-is-proxy':
      return [`A is ${args.address}, an edge of ${args.provider}`];
    case 'a-answers':
      return [`${args.address} answers`];
    case 'a-not-own':
      return [`A is ${args.address}, another address than this line's`];
    case 'cname':
      return [`alias of ${args.canonical}`];
    case 'target-is-address':
      return ['not involved: an address was given'];
    default:
      return [];
  }
}

function subjectOf(diagnosis: Diagnosis): string {
  const name = programName(diagnosis);
  return name === UNNAMED ? 'the program' : name;
}

/** What rules a cause out, in a few words. */
function shortly(finding: Finding, diagnosis: Diagnosis): string[] {
  switch (finding.code) {
    case 'answers-outside':
      return [IN_THE_WAY];
    case 'arrives':
      return finding.args.family === 'ipv4' ? ['IPv4 gets as far as this server'] : [];
    case 'wan-public':
      return [`public address ${finding.args.wan}`];
    case 'no-nat':
      return [`public address ${finding.args.address} on this server`];
    case 'observed-is-router':
      return [`public address ${finding.args.address}`];
    case 'port-inside-set':
      return [`port ${finding.args.port} is one of this line's`];
    case 'forward-not-needed':
      return ['no port forward needed'];
    case 'firewall-accepts':
      return finding.args.family === 'ipv4' ? ["this server's firewall accepts IPv4"] : [];
    case 'firewall-absent':
      return finding.args.family === 'ipv4' ? ['nothing on this server filters IPv4'] : [];
    case 'listens-both':
      return [`${subjectOf(diagnosis)} listens on both families`];
    case 'published-by-container':
      return [`${subjectOf(diagnosis)} takes both families`];
    case 'works-inside':
      return ['works from inside too'];
    case 'led-inside':
      return [`at home the name leads to ${finding.args.address}`];
    case 'hairpin-not-needed':
      return ['hairpin not needed'];
    default:
      return [];
  }
}
