import { describe, expect, test } from 'vitest';
import { readService } from '../../../../src/cli/stack/tunnel/options.ts';
import { afterwards, heading, planText } from '../../../../src/cli/stack/tunnel/text.ts';
import { NAME, STABLE6 } from '../../../support/names.ts';
import { found, tunnelPlan } from './plans.ts';

const page = { width: 80, color: false, drawing: false };
const plan = tunnelPlan();
const shown = (connected = false): string =>
  planText(
    {
      stack: 'home',
      decision: {
        ok: true,
        plan,
        notes: [{ code: 'own-certificate' }, { code: 'not-covered', name: NAME, zone: 'org' }],
      },
      found: [found()],
      staleHours: 30,
      connected,
    },
    page,
  );

test('the plan says what is made, lost, done on the server, written, and put back', () => {
  const text = shown();
  expect(text).toMatch(/^Plan for home\.example\.org: tunnel, stack home\n/u);
  expect(text).toContain('reach4-0123456789ab-home.example.org');
  expect(text).toContain('It costs nothing: $0 a month');
  expect(text).toContain('reach4 connector install');
  expect(text.replaceAll(/\s+/gu, ' ')).toMatch(
    /once cloudflared is connected CNAME home\.example\.org the tunnel proxied, TTL automatic Takes out of the zone in the same moment, and keeps AAAA/u,
  );
  expect(text.replaceAll(/\s+/gu, ' ')).toContain(`the CNAME is removed and AAAA ${STABLE6} comes back`);
  expect(text).toMatch(/30 hours old/u);
  expect(text).toMatch(/takes it as it is/u);
  expect(text).toMatch(/Advanced Certificate/u);
  expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(shown(true)).not.toMatch(/once cloudflared is connected/u);
});

test('above and below what Pulumi prints', () => {
  for (const action of ['preview', 'up', 'down'] as const) {
    expect(heading(action, plan).split('\n')).toHaveLength(2);
  }
  expect(heading('down', plan)).toContain(`${NAME} is at ${STABLE6} again`);
  expect(heading('down', tunnelPlan({ previous: [] }))).toContain('is not found any more');
  expect(afterwards('preview', plan, 'none')).toContain('Nothing has been changed');
  expect(afterwards('up', plan, 'none')).toMatch(
    /isn't connected yet.*\n {2}reach4 connector install\n.*\n {2}reach4 up$/u,
  );
  expect(afterwards('up', plan, 'now')).toMatch(/^Done: cloudflared is connected.*\n {2}reach4 verify$/u);
  // Nobody looked in this run.
  expect(afterwards('up', plan, 'before')).toMatch(
    /^Done: .* leads through the tunnel; reach4 status tells whether cloudflared is connected\..*\n {2}reach4 verify$/u,
  );
  expect(afterwards('down', plan, 'none')).toContain('DNS is as it was before');
  expect(afterwards('down', tunnelPlan({ previous: [] }), 'none')).not.toContain('as it was before');
  const out = afterwards('down', tunnelPlan({ restore: false }), 'none');
  expect(out).toContain('old A records were left out (--no-restore)');
  expect(out).not.toContain('as it was before');
});

describe('--tunnel-service', () => {
  test('as typed, and without a slash that means nothing', () => {
    expect(readService(null)).toBeNull();
    expect(readService('https://localhost:8443/')).toBe('https://localhost:8443');
  });

  test.each(['localhost', 'ftp://localhost', 'https://localhost/x', 'https://'])('not %s', (given) => {
    expect(() => readService(given)).toThrow(
      /--tunnel-service ".*" is nothing that cloudflared can lead to/u,
    );
  });

  test('a password does not come back', () => {
    expect(() => readService('https://ann:secret@localhost')).toThrow(/^(?!.*secret)/u);
  });
});
