import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { down, preview, up } from '../../../../src/cli/stack/provision.ts';
import { policyOf, route53Rights } from '../../../../src/remedies/dns-records/aws-policy.ts';
import { reach } from '../../../support/evidence.ts';
import { deadOutside, LINE, outside, ownAddresses, zone } from '../../../support/home.ts';
import { LAN4, NAME, OLD4, OTHER4, STABLE6, TEMPORARY6, WAN4 } from '../../../support/names.ts';
import { wrongA } from '../world.ts';
import { ID, type SetsWorld, setsWorld } from './world.ts';

/** ms: each command of the engine takes two to four seconds on two busy cores. */
const LONG = 240_000;

const LAST = { stack: null };
const CONFIG = 'Pulumi.home-example-org.yaml';
const A_OLD = { name: NAME, type: 'A', ttl: 1800, values: [OLD4] };
const AAAA = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };
const SIX = `AAAA 300 ${STABLE6}`;
const CHANGE = { kind: 'server-error', action: 'route53:ChangeResourceRecordSets' } as const;

const RIGHTS = policyOf(route53Rights({ zoneId: ID, names: [NAME], types: ['A'] })).Statement.flatMap(
  ({ Action }) => [...Action],
);

const upNow = (my: SetsWorld) => up(LAST, my.context());
const downNow = (my: SetsWorld) => down(LAST, my.context());
const flat = (my: SetsWorld): string => my.the.printed().replaceAll(/\s+/gu, ' ');

describe('at Route 53, through the Automation API', { timeout: LONG }, () => {
  test('a missing A is made with the least rights, kept, repaired and taken away; an up that broke off goes on', async () => {
    await using my = await setsWorld([AAAA], RIGHTS);
    await my.the.diagnose(wrongA());
    expect(await my.plan()).toBe(0);
    expect(flat(my)).toMatch(
      new RegExp(`in the zone example\\.org at Route 53 A ${NAME} ${WAN4} new, TTL 300 s`, 'u'),
    );
    expect(my.sets()).toEqual([SIX]);

    // Made, and the answer is lost: planned again, it is the stack's own.
    my.aws.fail({ ...CHANGE, at: 'after', nth: 2 });
    expect(await upNow(my)).toBe(1);
    const made = [`A 300 ${WAN4}`, SIX];
    expect(my.sets()).toEqual(made);
    expect(await my.plan()).toBe(0);
    expect(await upNow(my)).toBe(0);
    my.the.printed();
    expect(await upNow(my)).toBe(0);
    const again = my.the.printed();
    expect(again).toMatch(/Resources:\s+\d+ unchanged/u);
    expect(again).toContain(`IPv4 visitors of ${NAME} are sent to ${WAN4}.`);
    expect(my.sets()).toEqual(made);

    await my.write({ ...A_OLD, values: [OTHER4] });
    expect(await upNow(my)).toBe(0);
    expect(my.sets()).toEqual(made);
    expect(await downNow(my)).toBe(0);
    expect(my.sets()).toEqual([SIX]);
    expect(await my.leaks()).toEqual([]);
  });

  test('content that is left to its keeper is never written', async () => {
    await using my = await setsWorld([{ ...A_OLD, ttl: 60 }, AAAA]);
    await my.the.diagnose(wrongA(OLD4));
    expect(await my.plan({ leaveContent: true })).toBe(0);
    // The keeper writes at any time: before the up, and after.
    await my.write({ type: 'A', ttl: 60, values: [OTHER4] });
    expect(await upNow(my)).toBe(0);
    expect(my.sets()).toEqual([`A 60 ${OTHER4}`, SIX]);
    await my.write({ type: 'A', ttl: 120, values: [WAN4] });
    const kept = [`A 120 ${WAN4}`, SIX];
    expect(await upNow(my)).toBe(0);
    expect(my.sets()).toEqual(kept);
    expect(await downNow(my)).toBe(0);
    expect(my.sets()).toEqual(kept);
  });

  test('--no-restore leaves the old A out, but never the AAAA, which is corrected and comes back', async () => {
    await using my = await setsWorld([A_OLD, { ...AAAA, values: [TEMPORARY6] }]);
    await my.the.diagnose([
      ownAddresses(LAN4, STABLE6, [TEMPORARY6, { temporary: true }]),
      ...LINE.slice(1),
      ...zone([OLD4], [TEMPORARY6]),
      ...[STABLE6, TEMPORARY6].flatMap((address) => [reach(address), outside(address)]),
      deadOutside(OLD4),
      outside(WAN4),
    ]);
    expect(await my.plan({ adopt: true, restore: false })).toBe(0);
    expect(await upNow(my)).toBe(0);
    expect(my.sets()).toEqual([`A 1800 ${WAN4}`, SIX]);
    expect(await downNow(my)).toBe(0);
    expect(my.sets()).toEqual([`AAAA 300 ${TEMPORARY6}`]);
  });
});

describe('at Route 53, with the literal pulumi', { timeout: LONG }, () => {
  test('an old set is taken over while it is what was planned, and comes back with all it had', async () => {
    const two = { ...A_OLD, values: [OLD4, OTHER4] };
    await using my = await setsWorld([two, AAAA]);
    const before = my.sets();
    await my.the.diagnose(wrongA(OLD4, OTHER4));
    expect(await my.plan()).toBe(1);
    expect(flat(my)).toContain(`There is already ${NAME} A ${OLD4}, ${OTHER4} (TTL 1800 s)`);
    expect(await my.plan({ adopt: true })).toBe(0);
    expect(flat(my)).toContain(`A ${NAME} ${OLD4}, ${OTHER4} -> ${WAN4} taken over, TTL 1800 s`);

    // Somebody changes it after it was planned: nothing is written over.
    await my.write({ ...two, values: [OLD4] });
    const refusal = `${NAME} A was ${OLD4}, ${OTHER4} when it was planned and is ${OLD4} now; plan again.`;
    expect(await my.the.pulumi('preview')).toMatchObject({ output: expect.stringContaining(refusal) });
    const refused = await my.the.pulumi('up', '--yes', '--skip-preview');
    expect(refused).toMatchObject({ exitCode: 1, output: expect.stringContaining(refusal) });
    expect(await preview(LAST, my.context())).toBe(1);
    expect(flat(my)).toContain(`preview did not finish: ${refusal}`);
    expect(my.sets()).toEqual([`A 1800 ${OLD4}`, SIX]);
    await my.write(two);

    expect(await my.plan({ adopt: true })).toBe(0);
    const done = await my.the.pulumi('up', '--yes', '--skip-preview');
    expect(done.exitCode, done.output).toBe(0);
    expect(my.sets()).toEqual([`A 1800 ${WAN4}`, SIX]);
    expect(await my.the.pulumi('up', '--yes', '--skip-preview')).toMatchObject({
      output: expect.stringMatching(/Resources:\s+\d+ unchanged/u),
    });

    // The configuration is lost: planned again from the state.
    const planned = await my.the.read(CONFIG);
    await rm(join(my.the.folder, CONFIG));
    expect(await my.plan()).toBe(0);
    expect(withoutSalt(await my.the.read(CONFIG))).toBe(withoutSalt(planned));
    expect(await upNow(my)).toBe(0);

    const gone = await my.the.pulumi('destroy', '--yes', '--skip-preview');
    expect(gone.exitCode, gone.output).toBe(0);
    expect(my.sets()).toEqual(before);
    expect(await my.leaks()).toEqual([]);
  });
});

/** As often as a client tries by itself. */
const TRIES = 5;
const FAULTS = [
  { kind: 'server-error', at: 'before', times: TRIES },
  { kind: 'server-error', at: 'after', times: 1 },
  { kind: 'throttle', at: 'before', times: 1 },
  { kind: 'disconnect', at: 'after', times: TRIES },
] as const;

/** TURN=N, 0 to 3, strikes with others: all of them take six minutes. */
const struckBy = (ordinal: number) => FAULTS[(Number(process.env.TURN ?? 0) + ordinal) % FAULTS.length];

describe('at Route 53, when a change fails', { timeout: LONG }, () => {
  test.each([
    ['taken over', [A_OLD, AAAA], struckBy(0)],
    ['made', [AAAA], struckBy(1)],
  ])('the same command run again goes on: a set that is %s', async (what, records, fault) => {
    if (fault === undefined) throw new Error('TURN is no number');
    await using my = await setsWorld(records);
    const before = my.sets();
    await my.the.diagnose(wrongA(...(what === 'made' ? [] : [OLD4])));
    expect(await my.plan({ adopt: true })).toBe(0);
    const run = (command: string) => my.the.pulumi(command, '--yes', '--skip-preview');
    const struck = async (command: string): Promise<void> => {
      const { kind, at, times } = fault;
      for (let nth = 1; nth <= times; nth += 1) my.aws.fail({ ...CHANGE, kind, at, nth });
      await run(command);
      my.aws.reset();
      const again = await run(command);
      expect(again.exitCode, again.output).toBe(0);
    };
    await struck('up');
    expect(my.sets()).toEqual([`A ${what === 'made' ? 300 : 1800} ${WAN4}`, SIX]);
    expect((await run('up')).output).toMatch(/Resources:\s+\d+ unchanged/u);
    await struck('destroy');
    expect(my.sets()).toEqual(before);
  });
});

const withoutSalt = (yaml: string): string => yaml.replace(/^encryptionsalt:.*\n/mu, '');
