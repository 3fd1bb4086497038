import { describe, expect, test } from 'vitest';
import { parseTarget } from '../../src/model/target.ts';
import { DEADLINE_MS, prove } from '../../src/proof/prove.ts';
import { type Question, questionsOf } from '../../src/proof/question.ts';
import { FORWARDS, type Seen, waiting } from '../../src/proof/seen.ts';
import type { Way } from '../../src/proof/way.ts';
import { byHand, relayPlanOf } from '../components/relay-plans.ts';
import { NAME, SERVICE } from '../support/names.ts';

const origin = { host: NAME, port: 1 };
const OTHER = 'other.example.org';

const question = (kind: Question['kind'], port: number): Question => ({
  label: `${port} (${kind})`,
  kind,
  port,
  hint: { protocol: 'tcp', name: null, path: '/' },
  planned: null,
});
const SSH = question('tcp', 22);
const GAME = question('udp', 27_015);
const WEB = question('tls', 443);

const OPEN: Seen = { state: 'open', why: 'silent' };
const REFUSED = waiting('the connection is refused', 'refusal');

/** A way on which the host shows each of these in turn, and the last for good; notes who was asked. */
function way(
  label: string,
  shows: (question: Question, round: number) => Seen | null,
  { isFree = true, asked = [] as string[] } = {},
): Way {
  const rounds = new Map<Question, number>();
  return {
    label,
    isFree,
    look: async (one) => {
      const round = (rounds.get(one) ?? 0) + 1;
      rounds.set(one, round);
      asked.push(`${label} ${one.port}`);
      return shows(one, round);
    },
  };
}

async function proof(questions: readonly Question[], ways: readonly Way[], deadlineMs = DEADLINE_MS) {
  let now = 0;
  const told: string[] = [];
  const clock = {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const { signal } = new AbortController();
  const result = await prove({
    questions,
    ways,
    clock,
    deadlineMs,
    tell: (text) => void told.push(text),
    signal,
  });
  return { result, told, seconds: now / 1_000 };
}

describe('a new host', () => {
  test('that forwards at once is proved at once, and nothing is told', async () => {
    expect(await proof([SSH, WEB], [way('six', () => FORWARDS)])).toEqual({
      result: { ok: true, untold: [] },
      told: [],
      seconds: 0,
    });
  });

  test('that starts slowly is looked at until it forwards; how far it is, is told every half minute', async () => {
    const slow = way('six', (_, round) => (round < 20 ? REFUSED : FORWARDS));
    const { result, told, seconds } = await proof([SSH], [slow]);
    expect(result).toEqual({ ok: true, untold: [] });
    expect(seconds).toBe(95);
    expect(told).toEqual(
      [0, 30, 60, 90].map(
        (after) => `Waiting until the new host forwards (${after} s): 22 (tcp): the connection is refused.`,
      ),
    );
  });

  test('that never does is given up at the deadline, with what each service showed last', async () => {
    const { result, seconds } = await proof(
      [SSH, WEB],
      [way('six', ({ port }) => (port === 22 ? FORWARDS : waiting('closed', 'answer')))],
    );
    expect(result).toEqual({ ok: false, why: '443 (tls): closed' });
    expect(seconds).toBe(DEADLINE_MS / 1_000);
  });

  test('with many services that wait: three are named', async () => {
    const many = Array.from({ length: 20 }, (_, index) => question('tcp', index + 1));
    const { result } = await proof(many, [way('six', () => REFUSED)], 1);
    expect(result).toMatchObject({ why: expect.stringMatching(/^1 \(tcp\): .*; 2 .*; 3 .*; and 17 more$/u) });
  });
});

describe('several ways', () => {
  test('what the first one can’t reach is asked of the next, and only that', async () => {
    const asked: string[] = [];
    const six = way('six', ({ port }) => (port === 22 ? FORWARDS : REFUSED), { asked });
    const four = way('four', () => FORWARDS, { asked });
    expect((await proof([SSH, WEB], [six, four])).result).toEqual({ ok: true, untold: [] });
    expect(asked).toEqual(['six 22', 'six 443', 'four 443']);
  });

  test('a host that isn’t there is not asked for all its services, and an agent for one at a time', async () => {
    const asked: string[] = [];
    const many = Array.from({ length: 20 }, (_, index) => question('tcp', index + 1));
    const six = way('six', () => waiting('no way'), { asked });
    const agent = way('agent', ({ port }, round) => (port < 3 || round > 1 ? FORWARDS : REFUSED), {
      isFree: false,
      asked,
    });
    expect((await proof(many, [six, agent])).result.ok).toBe(true);
    const first = asked.slice(0, asked.lastIndexOf('six 8', asked.indexOf('agent 3')) + 4);
    expect(first).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((port) => `six ${port}`),
      'agent 1',
      'agent 2',
      'agent 3',
    ]);
  });

  test('a refusal on one counts more than silence on the other', async () => {
    const six = way('six', (_, round) => (round === 1 ? REFUSED : OPEN));
    const four = way('four', () => OPEN);
    const { result, seconds } = await proof([GAME], [six, four]);
    expect(result).toEqual({ ok: true, untold: [GAME.label] });
    expect(seconds).toBe(5);
  });
});

describe('datagrams', () => {
  test('silence counts where another service shows that the host serves', async () => {
    const { result, seconds } = await proof(
      [SSH, GAME],
      [way('six', ({ kind }) => (kind === 'udp' ? OPEN : FORWARDS))],
    );
    expect(result).toEqual({ ok: true, untold: [GAME.label] });
    expect(seconds).toBe(0);
  });

  test('silence alone is waited out: it may be a host that isn’t there; then it is told, not refused', async () => {
    const { result, seconds } = await proof([GAME], [way('six', () => OPEN)]);
    expect(result).toEqual({ ok: true, untold: [GAME.label] });
    expect(seconds).toBe(DEADLINE_MS / 1_000);
  });

  test('a port that nobody listens on is never right', async () => {
    const { result } = await proof(
      [SSH, GAME],
      [way('six', ({ kind }) => (kind === 'udp' ? REFUSED : FORWARDS))],
    );
    expect(result).toMatchObject({ ok: false });
  });

  test('an agent, which sends none, doesn’t hold anything up', async () => {
    const agent = way('agent', ({ kind }) => (kind === 'udp' ? null : FORWARDS), { isFree: false });
    const six = way('six', ({ kind }) => (kind === 'udp' ? OPEN : waiting('no way')));
    expect((await proof([GAME, SSH], [six, agent])).result).toEqual({ ok: true, untold: [GAME.label] });
  });
});

test('the questions: each service and each name; the target’s own with who must answer', () => {
  const plan = relayPlanOf(byHand(), {
    target: parseTarget(`https://${NAME}/status`),
    settings: {
      services: [
        { kind: 'tls', port: 443, origin, names: [NAME, OTHER], proxyProtocol: false },
        { kind: 'http', port: 80, origin, names: [NAME], proxyProtocol: false },
        { kind: 'tcp', port: 22, origin, proxyProtocol: false },
        { kind: 'udp', port: 27_015, origin },
      ],
      rebootAt: '04:30',
    },
  });
  expect(
    questionsOf(plan).map(({ label, hint, planned }) => [label, hint.protocol, hint.path, planned]),
  ).toEqual([
    [`443 (TLS) ${NAME}`, 'tls', '/status', SERVICE],
    [`443 (TLS) ${OTHER}`, 'tls', '/', null],
    [`80 (HTTP) ${NAME}`, 'http', '/', null],
    ['22 (TCP)', 'tcp', '/', null],
    ['27015 (UDP)', 'tcp', '/', null],
  ]);
  const ssh = relayPlanOf(byHand(), {
    target: parseTarget(`tcp://${NAME}:22`),
    settings: { services: [{ kind: 'tcp', port: 22, origin, proxyProtocol: false }], rebootAt: '04:30' },
  });
  expect(questionsOf(ssh)).toMatchObject([{ hint: { protocol: 'ssh', name: NAME }, planned: SERVICE }]);
});
