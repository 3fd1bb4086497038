import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import type { CauseCode } from '../../../src/model/cause-code.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import { type Evidence, evidenceSchema, type Vantage } from '../../../src/model/evidence.ts';
import type { Case } from '../../../src/model/view/case.ts';
import { diagnosisText } from '../../../src/report/text.ts';
import { caseIn } from '../../causes/simulation/evidence.ts';
import type { Home } from '../../causes/simulation/home.ts';
import { PLAIN } from '../../report/diagnoses.ts';
import { reach, whoami } from '../../support/evidence.ts';
import { told } from '../../support/evidence-host.ts';
import { caseOf, deadOutside, LINE, outside, ownAddresses, SIX, zone } from '../../support/home.ts';
import { OLD4, WAN4 } from '../../support/names.ts';

/** When everything of test/support was seen. */
const SEEN = Date.parse('2026-11-23T21:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const now = (after = MINUTE) => ({ at: new Date(SEEN + after), by: '0.1.0', complete: true });

/** The same evidence as another observer has it, so much earlier. */
const as = (items: readonly Evidence[], observer: string, place: Vantage, earlier: number): Evidence[] =>
  items.map((item) =>
    evidenceSchema.parse({
      ...item,
      id: item.id.replace(/^([^:]+):[^:]+:/u, `$1:${observer}:`),
      vantage: place,
      at: new Date(SEEN - earlier).toISOString(),
    }),
  );

const HOME: Home = {
  line: 'public',
  provider: 'open',
  forward: 'right',
  listed: true,
  otherPort: false,
  routerFirewall: 'open',
  masquerades: false,
  page: false,
  hairpin: true,
  protocols: 'upnp',
  firewall: 'open',
  listener: 'both',
  replies: 'same-way',
  a: 'right',
};
const ROOT = {
  root: true,
  agent: false,
  traces: false,
  services: true,
  told: { wan: false, forward: false, firewall: false, box: false },
};
/** What the server itself says where its firewall is so. */
const server = (firewall: Home['firewall']): Case => {
  const the = caseIn({ ...HOME, firewall }, ROOT);
  return { ...the, evidence: the.evidence.map((item) => ({ ...item, at: new Date(SEEN).toISOString() })) };
};

const verdict = ({ verdicts }: Diagnosis, cause: CauseCode) =>
  verdicts.find((each) => each.cause === cause)?.verdict;
const codes = ({ notes }: Diagnosis) => notes.map(({ code }) => code);
const join = (the: Case, ...more: readonly Evidence[][]): Case => ({
  ...the,
  evidence: [...the.evidence, ...more.flat()],
});
const only = (the: Case, probe: string): Evidence[] => the.evidence.filter((item) => item.probe === probe);

describe('old evidence', () => {
  test('of one age: it is said, and judged as what it was', () => {
    const the = server('drop');
    const fresh = judge(the, now());
    const late = judge(the, now(75 * HOUR));
    expect(codes(fresh)).toEqual([]);
    expect(codes(late)).toEqual(['old']);
    expect(late.verdicts).toEqual(fresh.verdicts);
    expect(verdict(late, 'host-firewall')).toBe('confirmed');
    expect(diagnosisText(late, PLAIN)).toMatch(/is 3 days old \(2026-11-23 21:00 UTC\)/u);
  });

  test('beside new evidence, nothing is certain that rests on it', () => {
    const the = server('drop');
    const old = join(
      { ...the, evidence: as(the.evidence, 'server-1', 'server', 30 * HOUR) },
      [deadOutside(WAN4)].map((item) => evidenceSchema.parse({ ...item, vantage: 'outside' })),
    );
    expect(verdict(judge(old, now()), 'host-firewall')).toBe('suspected');
    const recent = { ...old, evidence: as(the.evidence, 'server-1', 'server', 2 * HOUR) };
    expect(verdict(judge(recent, now()), 'host-firewall')).toBe('confirmed');
  });

  test('what a person adds when it is judged makes it no newer', () => {
    const the = server('drop');
    const old = { ...the, evidence: as(the.evidence, 'here', 'server', 30 * HOUR) };
    const dated = (item: Evidence): Evidence => ({ ...item, at: new Date(SEEN).toISOString() });
    const fresh = [deadOutside(WAN4)].map((item) => evidenceSchema.parse({ ...item, vantage: 'outside' }));
    const made = judge(join(old, fresh, [dated(told({ wanIpv4: WAN4 }))]), now());
    expect(codes(made)).toContain('old');
    expect(verdict(made, 'host-firewall')).not.toBe('confirmed');
  });

  test('a clock that is ahead is said, and makes nothing else old', () => {
    const the = server('open');
    const odd = join(the, as([whoami(OLD4)], 'outside-1', 'outside', -100 * HOUR));
    expect(codes(judge(odd, now()))).toEqual(['clock-ahead']);
  });
});

describe('two files of one server', () => {
  test('the newer counts, and the older is told', () => {
    const before = as(server('drop').evidence, 'server-1', 'server', HOUR);
    const made = judge(join(server('open'), before), now());
    expect(verdict(made, 'host-firewall')).not.toBe('confirmed');
    expect(made.notes).toContainEqual(
      expect.objectContaining({ code: 'replaced', args: expect.objectContaining({ aspect: 'firewall' }) }),
    );
    expect(made.evidence.map(({ id }) => id)).not.toContain(
      before.find(({ probe }) => probe === 'firewall')?.id,
    );
    const other = judge(join(server('drop'), as(server('open').evidence, 'server-1', 'server', HOUR)), now());
    expect(verdict(other, 'host-firewall')).toBe('confirmed');
  });

  test('at the same time, nothing is confirmed by either', () => {
    const beside = as(server('drop').evidence, 'server-1', 'server', MINUTE);
    const made = judge(join(server('open'), beside), now());
    expect(codes(made)).toContain('contradictory');
    expect(['suspected', 'unknown']).toContain(verdict(made, 'host-firewall'));
    expect(diagnosisText(made, PLAIN)).toContain('contradict each other');
  });

  test.each<[string, Evidence[], Evidence[], string]>([
    ['public address', [...LINE], [whoami(OLD4)], 'public-address'],
    ['own address', [...LINE], [ownAddresses('192.168.77.99', '2a0b:4341:7700::10')], 'addresses'],
    ['reach', [...LINE, reach(WAN4)], [reach(WAN4, { outcome: 'timed-out' })], 'reach'],
    [
      'records',
      [...LINE, ...zone([WAN4])],
      zone([OLD4]).filter(({ probe }) => probe === 'authority'),
      'records',
    ],
  ])('%s: an hour later it is otherwise', (_, fresh, other, aspect) => {
    const the = caseOf({ evidence: [...SIX, ...fresh] });
    const before = as(caseOf({ evidence: [...SIX, ...other] }).evidence, 'server-1', 'server', HOUR);
    const made = judge(join(the, before), now());
    expect(made.notes).toContainEqual(
      expect.objectContaining({ code: 'replaced', args: expect.objectContaining({ aspect }) }),
    );
    expect(judge(join(the, as(the.evidence, 'server-1', 'server', HOUR)), now()).notes).toEqual([]);
  });

  test('old records are no disagreement of the zone’s servers', () => {
    const the = caseOf({ evidence: [...LINE, ...SIX, ...zone([WAN4]), outside(WAN4)] });
    const before = as(only(caseOf({ evidence: zone([OLD4]) }), 'authority'), 'server-1', 'server', HOUR);
    expect(verdict(judge(the, now()), 'dns')).toBe('ruled-out');
    expect(verdict(judge(join(the, before), now()), 'dns')).toBe('ruled-out');
  });

  test('two machines that both say that they are the server', () => {
    const the = server('drop');
    const stranger = as([ownAddresses('192.168.5.5', '2a02:8109::5')], 'server-1', 'server', MINUTE);
    const made = judge(join(the, stranger), now());
    expect(codes(made)).toContain('different-machines');
    expect(made.verdicts.filter((each) => each.verdict === 'confirmed')).toEqual([]);
  });
});

describe('a look from outside that got in before the server was seen to keep IPv4 out', () => {
  const made = (earlier: number) => {
    const the = server('drop');
    return judge(join(the, as([outside(WAN4)], 'outside-1', 'outside', earlier)), now());
  };

  test.each([1, 20])('%d h before: nothing is ruled out by it, and it is said', (hours) => {
    const late = made(hours * HOUR);
    expect(codes(late)).toContain('contradictory');
    for (const cause of ['host-firewall', 'port-forward', 'isp-block'] as const) {
      expect(verdict(late, cause), cause).not.toBe('ruled-out');
    }
    expect(verdict(late, 'host-firewall')).not.toBe('confirmed');
    expect(late.conditions.filter(({ verdict: said }) => said === 'confirmed')).toEqual([]);
  });
});

describe('places outside that disagree', () => {
  const base = [...LINE, ...SIX, ...zone([WAN4])];
  const second = (item: Evidence, earlier = 0): Evidence[] => as([item], 'outside-2', 'outside', earlier);
  const look = (outcome: 'connected' | 'timed-out'): Evidence => {
    const found = caseOf({ evidence: [...base, outside(WAN4, { outcome })] }).evidence.find(
      ({ id, probe }) => probe === 'reach' && id.startsWith('reach:outside-1') && id.endsWith(WAN4),
    );
    if (found === undefined) throw new Error('no look');
    return found;
  };
  test.each([0, 2 * HOUR])('%d ms apart: nothing is confirmed or ruled out by either', (earlier) => {
    const the = caseOf({ evidence: [...base, deadOutside(WAN4)] });
    const made = judge(join(the, second(look('connected'), earlier)), now());
    expect(codes(made)).toContain('vantages-disagree');
    expect(made.reachable.ipv4).toBe('unknown');
    const looks = made.evidence.filter(
      ({ probe, vantage, id }) => probe === 'reach' && vantage === 'outside' && id.endsWith(WAN4),
    );
    expect(looks).toHaveLength(2);
    for (const { cause, verdict: said, evidence } of made.verdicts) {
      const rests = looks.some(({ id }) => evidence.includes(id));
      if (rests) expect(['suspected', 'unknown'], cause).toContain(said);
    }
    expect(diagnosisText(made, PLAIN)).toContain('Places outside disagree');
  });

  test('that agree are no news', () => {
    const the = caseOf({ evidence: [...base, deadOutside(WAN4)] });
    expect(codes(judge(join(the, second(look('timed-out'))), now()))).toEqual([]);
  });
});
