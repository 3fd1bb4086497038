import { describe, expect, test } from 'vitest';
import { checksText } from '../../../src/cli/verify/text.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { planOf } from '../../components/plans.ts';
import { DRAWN, PLAIN } from '../../report/diagnoses.ts';
import { resolver, without } from '../../support/evidence.ts';
import { authorities, deadOutside, outside, SIX, SIX_HERE } from '../../support/home.ts';
import { OLD4, STABLE6, WAN4 } from '../../support/names.ts';
import { checksOf } from './seen.ts';

const stale = resolver({ a: [[OLD4, 120]], aaaa: [STABLE6] });
const good = checksOf([...authorities([WAN4]), stale, ...SIX, outside(WAN4)]);
const waiting = checksOf([...authorities([OLD4]), ...SIX, deadOutside(WAN4)]);
const failing = checksOf([
  ...authorities([WAN4]),
  ...SIX_HERE,
  without('reach', 'failed', 'unauthorised', 'outside-1'),
]);

const expectToFit = (text: string): void => {
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
};

describe('the result of verify', () => {
  test('drawn, verified', () => {
    expect(checksText(planOf(), good, DRAWN)).toMatchInlineSnapshot(`
      "  ✓ the zone's servers say A 81.2.99.2 (2 asked)
        ✓ 81.2.99.2 answers as the same service as IPv6, seen from one place outside
        note: the resolver 192.168.77.1 still says A 81.2.99.77, for up to 120 s

      Verified: home.example.org:443 answers over IPv4 as over IPv6.
      "
    `);
  });

  test('in words, verified', () => {
    expect(checksText(planOf(), good, PLAIN)).toMatchInlineSnapshot(`
      "  ok: the zone's servers say A 81.2.99.2 (2 asked)
        ok: 81.2.99.2 answers as the same service as IPv6, seen from one place
          outside
        note: the resolver 192.168.77.1 still says A 81.2.99.77, for up to 120 s

      Verified: home.example.org:443 answers over IPv4 as over IPv6.
      "
    `);
  });

  test('drawn, not yet verified', () => {
    expect(checksText(planOf(), waiting, DRAWN)).toMatchInlineSnapshot(`
      "  … the zone's servers say A 81.2.99.77; the plan says 81.2.99.2
        … 81.2.99.2 does not answer as the service, seen from outside

      Not verified: home.example.org:443. If \`reach4 up\` was run, time may change it:
      add --wait.
      "
    `);
  });

  test('in words, not yet verified', () => {
    expect(checksText(planOf(), waiting, PLAIN)).toMatchInlineSnapshot(`
      "  not yet: the zone's servers say A 81.2.99.77; the plan says 81.2.99.2
        not yet: 81.2.99.2 does not answer as the service, seen from outside

      Not verified: home.example.org:443. If \`reach4 up\` was run, time may change it:
      add --wait.
      "
    `);
  });

  test('drawn, not verified', () => {
    expect(checksText(planOf(), failing, DRAWN)).toMatchInlineSnapshot(`
      "  ✓ the zone's servers say A 81.2.99.2 (2 asked)
        ✕ the outside agent couldn't look: as the test says

      Not verified: home.example.org:443.
      "
    `);
  });

  test('in words, not verified', () => {
    expect(checksText(planOf(), failing, PLAIN)).toMatchInlineSnapshot(`
      "  ok: the zone's servers say A 81.2.99.2 (2 asked)
        no: the outside agent couldn't look: as the test says

      Not verified: home.example.org:443.
      "
    `);
  });

  test('nothing else differs in colour', () => {
    const colored = checksText(planOf(), failing, { ...DRAWN, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    expect(colored.replaceAll(/\x1b\[\d+m/gu, '')).toBe(checksText(planOf(), failing, DRAWN));
    expect(colored).toContain('\x1b[31m✕\x1b[39m');
  });

  test.each([
    ['drawn', DRAWN],
    ['in words', PLAIN],
  ])('fits 80 columns, %s, whatever the name', (_, page) => {
    const target = parseTarget(`https://${'a-rather-long-name.'.repeat(2)}home.example.org:8443`);
    for (const checks of [good, waiting, failing]) expectToFit(checksText({ target }, checks, page));
  });
});
