import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { reach } from '../support/evidence.ts';
import { listeners } from '../support/evidence-host.ts';
import { caseOf, dead, LINE, SIX_HERE, zone } from '../support/home.ts';
import { STABLE6, WAN4 } from '../support/names.ts';
import { DRAWN, MADE, PLAIN } from './diagnoses.ts';
import { SCENES } from './scenes.ts';

/** One line, however it was wrapped. */
const flat = (name: keyof typeof SCENES): string => diagnosisText(SCENES[name], PLAIN).replace(/\s+/gu, ' ');

describe('what would tell', () => {
  test("says what to look for on the router's page, and where the page is", () => {
    expect(flat('forwardOrProvider')).toContain(
      "Open your router's page (http://192.168.77.1), and look for port 443 under Port forwarding",
    );
  });

  test('is nothing while the service is down: it has to run first', () => {
    expect(flat('serviceDown')).not.toContain('What would tell');
    expect(flat('serviceDown')).toContain('Next, when the service runs: reach4 diagnose');
  });

  test('asks for root where it shows more, and not once more in a note', () => {
    expect(flat('unprivileged').match(/sudo reach4 diagnose/gu)).toHaveLength(1);
    expect(flat('unprivileged')).not.toContain('Not seen without root');
  });
});

test('each command is shown once as a next step, however many causes it decides', () => {
  for (const diagnosis of Object.values(SCENES)) {
    const [, after = ''] = diagnosisText(diagnosis, PLAIN).split('What would tell\n');
    const [steps = ''] = after.split('\n\n');
    const commands = steps.split('\n').filter((line) => /^ {6}(?:sudo )?reach4 /u.test(line));
    expect(new Set(commands).size).toBe(commands.length);
  }
});

test('from outside only, the look at the server itself is named', () => {
  expect(flat('outsideOnly')).toContain(
    '`reach4 collect --ssh` asks one that has no Node. Run on the server:',
  );
  expect(flat('outsideOnly')).toContain('seen from 2 places outside only');
});

test('the next command looks from the same places', () => {
  const page = { ...DRAWN, flags: ' --outside http://vps.example.net:4460' };
  const text = diagnosisText(SCENES.dnsAndForward, page).replace(/\s*\\\n\s*/gu, ' ');
  expect(text).toMatch(
    /reach4 diagnose https:\/\/home\.example\.org --outside http:\/\/vps\.example\.net:4460\n$/u,
  );
});

describe('the agent that was asked', () => {
  const flags = ' --outside http://vps.example.net:4460';
  const failed = (code: string, detail: string) =>
    evidenceSchema.parse({
      id: `reach:outside-1:${WAN4}`,
      probe: 'reach',
      vantage: 'outside',
      at: '2026-11-23T21:00:00.000Z',
      ms: 30,
      how: `nc -vz ${WAN4} 443`,
      status: 'failed',
      reason: { code, detail },
    });
  const without = (...more: readonly Evidence[]): string => {
    const evidence = [...zone([WAN4], undefined, false), ...LINE, ...SIX_HERE, listeners(), ...more];
    const made = judge({ ...caseOf({ evidence }), flags }, MADE);
    return diagnosisText(made, PLAIN).replace(/\s*\\?\n\s*/gu, ' ');
  };

  test('could not look: told with its URL and in words, and asked once more', () => {
    const text = without(
      failed('unreachable', "The agent at http://vps.example.net:4460 can't be asked: ECONNREFUSED."),
    );
    expect(text).toContain(
      "note: The agent at http://vps.example.net:4460 can't be asked: nothing listens there",
    );
    expect(text).toContain('the agent that was asked could not look. When it can, run on the server:');
    expect(text).not.toContain('AGENT');
  });

  test('was interrupted: that is told of the whole', () => {
    expect(without(failed('interrupted', ''))).not.toContain('note:');
  });
});

test('a command for the server does not say that it runs elsewhere', () => {
  const evidence = [...zone([WAN4]), reach(STABLE6), dead(WAN4)];
  const made = judge({ ...caseOf({ vantage: 'outside', evidence }), flags: ' --from outside' }, MADE);
  const onServer = made.verdicts.flatMap(({ next }) => (next?.runOn === 'server' ? [next.command] : []));
  expect(onServer.length).toBeGreaterThan(0);
  expect(onServer.filter((command) => command.includes('--from'))).toEqual([]);
});
