import { describe, expect, test } from 'vitest';
import { caseOfHome, NOBODY_OUTSIDE, type Seen } from '../../../docs/causes/home.ts';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import type { CauseCode } from '../../../src/model/cause-code.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import type { Evidence, TcpOutcome } from '../../../src/model/evidence.ts';
import type { FirewallDecision } from '../../../src/model/facts/host.ts';
import { diagnosisText } from '../../../src/report/text.ts';
import { PLAIN } from '../../report/diagnoses.ts';
import { reach } from '../../support/evidence.ts';
import { firewall, inRole, listeners, noListeners, upnp } from '../../support/evidence-host.ts';
import { dead, deadOutside, outside } from '../../support/home.ts';
import { LAN4, STABLE6, WAN4 } from '../../support/names.ts';

/** When everything of test/support was seen. */
const SEEN = Date.parse('2026-11-23T21:00:00.000Z');
const HOUR = 3_600_000;
const MADE = { at: new Date(SEEN + 60_000), by: '0.1.0', complete: true };

const judged = (seen: Seen): Diagnosis => judge(caseOfHome({ where: '', seen }), MADE);
const verdict = ({ verdicts }: Diagnosis, cause: CauseCode) =>
  verdicts.find((each) => each.cause === cause)?.verdict;
const confirmed = ({ conditions }: Diagnosis): string[] =>
  conditions.filter((each) => each.verdict === 'confirmed').map(({ condition }) => condition);
const isSaid = ({ notes }: Diagnosis): boolean =>
  notes.some(({ code, args }) => code === 'contradictory' && 'aspect' in args && args.aspect === 'way-in');

/** A machine beside the server: what it gets over IPv4 at the server's own address, and that it gets the service over IPv6. */
function neighbour(outcome: TcpOutcome['outcome'], earlier = 0): Evidence[] {
  const at = new Date(SEEN - earlier).toISOString();
  return [inRole(reach(LAN4, { outcome }), 'lan'), inRole(reach(STABLE6), 'aaaa-record')].map(
    (item, index) => ({ ...item, id: `reach:lan-1:${index}`, vantage: 'lan' as const, at }),
  );
}

/** The rules drop what comes from the internet, and say this of neighbours. */
function dropsBut(lan: FirewallDecision['verdict']): Evidence {
  const item = firewall('drop');
  if (item.probe !== 'firewall' || item.status !== 'ok') throw new Error('no rules');
  const decisions = item.facts.decisions.map((each) =>
    each.source === 'lan' && each.family === 'ipv4' ? { ...each, verdict: lan } : each,
  );
  return { ...item, facts: { ...item.facts, decisions } };
}

const SIX_ONLY = listeners({ v6only: true });
const LOOPBACK = listeners({ v6only: true }, { family: 'ipv4', address: '127.0.0.1', v6only: null });
const FAILS: Seen = { arrivals: [], inside: [dead(WAN4)], outside: [deadOutside(WAN4)] };

describe('nothing listens by what the server says', () => {
  const NOTHING: Seen = { listeners: [noListeners()], arrivals: [] };
  const dark = [deadOutside(STABLE6)];

  test('and nobody gets in: the service is down', () => {
    const made = judged({ ...NOTHING, ...FAILS, six: [dead(STABLE6), ...dark] });
    expect(confirmed(made)).toEqual(['service-down']);
    expect(isSaid(made)).toBe(false);
  });

  test.each<[string, Seen]>([
    ['over both families', {}],
    ['over IPv6', FAILS],
    ['from the local network', { ...FAILS, six: [dead(STABLE6), ...dark], aside: neighbour('connected') }],
  ])('and somebody gets the service %s: it is not down, and that is said', (_, seen) => {
    const made = judged({ ...NOTHING, ...seen });
    expect(made.conditions.map(({ condition }) => condition)).not.toContain('service-down');
    expect(isSaid(made)).toBe(true);
    expect(diagnosisText(made, PLAIN)).toMatch(/The service was reached/u);
    if (made.reachable.ipv4 !== 'yes') expect(verdict(made, 'ipv6-only-listener')).toBe('unknown');
  });

  test('and somebody got it an hour before: it went down since', () => {
    const before = neighbour('connected', HOUR);
    const made = judged({ ...NOTHING, ...FAILS, six: [dead(STABLE6), ...dark], aside: before });
    expect(confirmed(made)).toEqual(['service-down']);
  });
});

describe('a neighbour gets in over IPv4', () => {
  const aside = neighbour('connected');

  test.each([
    ['a program of IPv6 alone', SIX_ONLY],
    ['a program that takes IPv4 from its own machine', LOOPBACK],
  ])('beside %s, by what the server says', (_, item) => {
    const seen: Seen = { ...FAILS, listeners: [item] };
    expect(verdict(judged(seen), 'ipv6-only-listener')).toBe('confirmed');
    const made = judged({ ...seen, aside });
    expect(verdict(made, 'ipv6-only-listener')).toBe('unknown');
    expect(isSaid(made)).toBe(true);
    const before = judged({ ...seen, aside: neighbour('connected', HOUR) });
    expect(verdict(before, 'ipv6-only-listener')).toBe('confirmed');
  });

  test.each<[FirewallDecision['verdict'], boolean]>([
    ['drop', true],
    ['reject', true],
    ['unknown', false],
  ])('beside rules by which neighbours meet: %s', (lan, said) => {
    const seen: Seen = { ...FAILS, firewall: [dropsBut(lan)] };
    expect(verdict(judged(seen), 'host-firewall')).toBe('confirmed');
    const made = judged({ ...seen, aside });
    expect(verdict(made, 'host-firewall')).toBe('suspected');
    expect(isSaid(made)).toBe(said);
  });

  test('beside rules that let neighbours in, and nobody else', () => {
    const seen: Seen = { ...FAILS, firewall: [dropsBut('accept')] };
    const made = judged({ ...seen, aside });
    expect(verdict(made, 'host-firewall')).toBe(verdict(judged(seen), 'host-firewall'));
    expect(isSaid(made)).toBe(false);
  });
});

describe('a neighbour gets in over IPv6 alone, and by what the server says both families are taken', () => {
  const seen = (outcome: TcpOutcome['outcome'], earlier = 0): Seen => ({
    ...FAILS,
    aside: neighbour(outcome, earlier),
  });

  test.each([
    ['timed-out', 'unknown', 'ruled-out'],
    ['icmp-unreachable', 'unknown', 'ruled-out'],
    ['refused', 'unknown', 'unknown'],
  ] as const)('%s', (outcome, firewallIs, listenerIs) => {
    const made = judged(seen(outcome));
    expect(verdict(made, 'host-firewall')).toBe(firewallIs);
    expect(verdict(made, 'ipv6-only-listener')).toBe(listenerIs);
  });

  test('an hour before, it may have been otherwise', () => {
    expect(verdict(judged(seen('timed-out', HOUR)), 'host-firewall')).toBe('ruled-out');
  });

  test('while IPv4 answers outside: nothing on the server is at fault', () => {
    const made = judged({ aside: neighbour('timed-out') });
    expect(verdict(made, 'host-firewall')).toBe('ruled-out');
    expect(verdict(made, 'ipv6-only-listener')).toBe('ruled-out');
  });
});

describe('IPv4 answers outside, at the time at which the server is seen to keep it out', () => {
  test.each<[string, Seen, boolean]>([
    ['rules that drop', { firewall: [firewall('drop')] }, true],
    ['a program of IPv6 alone', { listeners: [SIX_ONLY] }, true],
    [
      'rules that let neighbours in: the router may make neighbours of all',
      { firewall: [dropsBut('accept')] },
      false,
    ],
    [
      'a program of IPv6 alone, and the router leads to another machine',
      { listeners: [SIX_ONLY], router: [upnp(WAN4, [{ client: '192.168.77.20' }])] },
      false,
    ],
    ['nothing', {}, false],
  ])('%s', (_, seen, said) => {
    const made = judged({ ...seen, outside: [outside(WAN4)], arrivals: [] });
    expect(made.reachable.ipv4).toBe('yes');
    expect(isSaid(made)).toBe(said);
    expect(made.verdicts.filter((each) => each.verdict === 'confirmed')).toEqual([]);
  });

  test.each([
    [0, ['healthy']],
    [HOUR, []],
  ])('%d ms before: whether all is well', (earlier, wanted) => {
    const the = caseOfHome({ where: '', seen: { firewall: [firewall('drop')], arrivals: [] } });
    const at = new Date(SEEN - earlier).toISOString();
    const evidence = the.evidence.map((item) => (item.vantage === 'outside' ? { ...item, at } : item));
    const made = judge({ ...the, evidence }, MADE);
    expect(made.reachable.ipv4).toBe('yes');
    expect(confirmed(made)).toEqual(wanted);
  });

  test('nobody outside, nothing to contradict', () => {
    expect(isSaid(judged({ ...NOBODY_OUTSIDE, firewall: [firewall('drop')] }))).toBe(false);
  });
});
