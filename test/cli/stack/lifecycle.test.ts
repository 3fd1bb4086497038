import { describe, expect, test } from 'vitest';
import { down, preview, up } from '../../../src/cli/stack/provision.ts';
import { reach } from '../../support/evidence.ts';
import { deadOutside, LINE, outside, ownAddresses, zone } from '../../support/home.ts';
import { LAN4, NAME, OLD4, OTHER4, STABLE6, TEMPORARY6, WAN4 } from '../../support/names.ts';
import { leaks } from './leaks.ts';
import { type World, world, wrongA } from './world.ts';

/** ms: each command of the engine takes two to four seconds on two busy cores. */
const LONG = 180_000;

const LAST = { stack: null };
const A_OLD = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const SIX = `AAAA ${NAME} ${STABLE6} 300 dns -`;
const NEW = `A ${NAME} ${WAN4} 1800 dns home`;
const OLD = `A ${NAME} ${OLD4} 1800 dns home`;

const upNow = (the: World) => up(LAST, the.context());
const downNow = (the: World) => down(LAST, the.context());

describe('through the Automation API', () => {
  test('a missing A is made, kept, and taken away', { timeout: LONG }, async () => {
    await using the = await world([AAAA]);
    await the.diagnose(wrongA());
    // Nobody says which remedy: the first that fits, and then the one that the stack is up with.
    expect(await the.plan({ remedy: null, yes: true })).toBe(0);
    expect(the.records()).toEqual([SIX]);
    expect(await upNow(the)).toBe(0);
    expect(await the.plan({ remedy: null })).toBe(0);
    const made = [`A ${NAME} ${WAN4} 300 dns reach4 stack home-example-org`, SIX];
    expect(the.records()).toEqual(made);
    const first = the.printed();
    expect(await upNow(the)).toBe(0);
    const second = the.printed();
    expect(second).toContain('4 unchanged');
    expect(second).not.toMatch(/\d+ (?:created|updated|deleted|replaced)/u);
    expect(the.records()).toEqual(made);
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual([SIX]);
    expect(await leaks(the, first + second + the.printed())).toEqual([]);
  });

  test('a surplus A and a wrong AAAA: set aside and corrected, and back', { timeout: LONG }, async () => {
    await using the = await world([
      A_OLD,
      { ...A_OLD, content: OTHER4, comment: 'older', ttl: 7200 },
      { ...AAAA, content: TEMPORARY6, comment: 'laptop' },
    ]);
    const before = the.records();
    await the.diagnose([
      ownAddresses(LAN4, STABLE6, [TEMPORARY6, { temporary: true }]),
      ...LINE.slice(1),
      ...zone([OLD4, OTHER4], [TEMPORARY6]),
      ...[STABLE6, TEMPORARY6].flatMap((address) => [reach(address), outside(address)]),
      deadOutside(OLD4),
      deadOutside(OTHER4),
      outside(WAN4),
    ]);
    expect(await the.plan({ adopt: true, restore: false })).toBe(0);
    expect(await the.plan({ adopt: true })).toBe(0);
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([NEW, `AAAA ${NAME} ${STABLE6} 300 dns laptop`]);
    expect(await the.plan()).toBe(0);
    expect(await upNow(the)).toBe(0);
    expect(the.printed()).toContain('7 unchanged');
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual(before);
  });

  test('--no-restore leaves the old A out, but never the AAAA', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    await the.plan({ adopt: true });
    expect(await upNow(the)).toBe(0);
    // Changed one's mind afterwards.
    expect(await the.plan({ restore: false })).toBe(0);
    expect(await upNow(the)).toBe(0);
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual([SIX]);
  });

  test('content that is left to its keeper is never written', { timeout: LONG }, async () => {
    await using the = await world([{ ...A_OLD, comment: 'ddclient' }, AAAA]);
    await the.diagnose(wrongA(OLD4));
    expect(await the.plan({ adopt: true })).toBe(1);
    expect(the.printed()).toContain('--leave-content');
    expect(await the.plan({ leaveContent: true })).toBe(0);
    expect(await upNow(the)).toBe(0);
    const record = the.api.zones[0]?.list({ type: 'A' })[0];
    the.api.zones[0]?.patch(record?.id ?? '', { content: WAN4 });
    const kept = [`A ${NAME} ${WAN4} 1800 dns ddclient`, SIX];
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual(kept);
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual(kept);
  });
});

describe('with the literal pulumi', () => {
  test('an old A is taken over, and comes back with all it had', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    expect(await the.plan()).toBe(1);
    expect(await the.plan({ adopt: true })).toBe(0);
    let printed = the.printed();
    // Somebody changes it after it was planned: nothing is written over.
    const id = the.api.zones[0]?.list({ type: 'A' })[0]?.id ?? '';
    the.api.zones[0]?.patch(id, { content: OTHER4 });
    expect(await the.pulumi('preview')).toMatchObject({
      output: expect.stringContaining(
        `${NAME} A was ${OLD4} when it was planned and is ${OTHER4} now; plan again.`,
      ),
    });
    the.api.zones[0]?.patch(id, { content: OLD4 });
    const shown = await the.pulumi('preview', '--diff');
    expect(shown.output).toContain(`~ content: "${OLD4}" => "${WAN4}"`);
    expect(await preview(LAST, the.context())).toBe(0);
    const ours = the.printed();
    expect(ours).toContain(`~ content: "${OLD4}" => "${WAN4}"`);
    expect(ours.split('\n').slice(0, 2)).toEqual([
      `IPv4 visitors of ${NAME} are sent to ${WAN4}.`,
      'It costs nothing: $0 a month.',
    ]);
    expect(the.records()).toEqual([OLD, SIX]);

    // One with the compiled program, one with its source: the text frozen in the state differs, the data must not.
    expect(await upNow(the)).toBe(0);
    const again = await the.pulumi('up', '--yes', '--skip-preview');
    expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining('4 unchanged') });
    expect(the.records()).toEqual([NEW, SIX]);
    // A second plan keeps what was there before the stack.
    expect(await the.plan()).toBe(0);

    const gone = await the.pulumi('destroy', '--yes', '--skip-preview');
    expect(gone.exitCode).toBe(0);
    expect(the.records()).toEqual([OLD, SIX]);
    printed += the.printed() + shown.output + again.output + gone.output;
    expect(await leaks(the, printed)).toEqual([]);
  });
});
