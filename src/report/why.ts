import type { Finding, FindingCode } from '../model/finding.ts';
import type { LayerCode } from './layers.ts';

/** In a few words, why a finding stops packets; the first that a verdict holds is taken. */
const WHY: Partial<Record<FindingCode, string>> = {
  'a-missing': 'no A record',
  'name-does-not-exist': 'no such name',
  'cname-dangling': 'alias of nothing',
  'a-not-public': 'not a public address',
  'a-is-shared': 'a shared address',
  'a-not-own': 'the wrong A record',
  'a-should-be-wan': 'the wrong A record',
  'a-other-service': 'another service',
  'some-a-dead': 'one of several is dead',
  'authorities-disagree': 'not told by all servers',
  'authority-silent': 'no usable answer',
  'authority-broken': 'no usable answer',
  'resolver-stale': 'old copies elsewhere',
  'resolver-stale-negative': 'old copies elsewhere',
  'a-dead': 'the wrong A record',
  'wan-shared': 'carrier-grade NAT',
  'wan-ds-lite': 'DS-Lite',
  'port-outside-set': "not this line's port",
  'double-nat': 'no way to the next router',
  'wan-private': 'another NAT in front',
  'wan-not-public': 'no public address',
  'stops-before-router': 'port blocked',
  'nothing-reaches-router': 'lets nothing in',
  'mapping-wrong-host': 'forwards elsewhere',
  'mapping-wrong-port': 'forwards to the wrong port',
  'mapping-disabled': 'forward switched off',
  'mapping-told-none': 'no port forward',
  'mapping-trial-answers': 'no port forward',
  'router-page-answers': 'answers itself',
  'other-service-answers': 'leads elsewhere',
  'router-firewall': 'its firewall blocks',
  'listens-v6only': 'IPv6 only',
  'listens-on-address6': 'IPv6 only',
  'listens-on-loopback4': 'this server only',
  'other-service-on-ipv4': 'another service has it',
  'ipv4-refused-locally': 'refuses IPv4',
};

/** The same, where no finding says it. */
export const OTHERWISE: Readonly<Record<LayerCode, string>> = {
  dns: 'the wrong answer',
  isp: 'blocked',
  'outer-router': 'no way through',
  router: 'not forwarded',
  firewall: 'blocked',
  program: 'no IPv4',
  replies: 'replies go astray',
};

/** Why the station stops packets, in a few words. */
export const whyOf = (because: readonly Finding[], code: LayerCode): string =>
  because.flatMap((finding) => wordsOf(finding))[0] ?? OTHERWISE[code];

const wordsOf = (finding: Finding): string[] => {
  if (finding.code === 'firewall-blocks')
    return [
      finding.args.position === null
        ? `policy ${finding.args.verdict}s it`
        : `rule ${finding.args.position} ${finding.args.verdict}s it`,
    ];
  const why = WHY[finding.code];
  return why === undefined ? [] : [why];
};
