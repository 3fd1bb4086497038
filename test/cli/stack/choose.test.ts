import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { settleRemedy } from '../../../src/cli/stack/choose.ts';
import type { Option, StackContext } from '../../../src/cli/stack/context.ts';
import type { FlagOf } from '../../../src/cli/stack/plan-options.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import { Interrupted } from '../../../src/model/error.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { delegation } from '../../support/evidence.ts';
import { upnp } from '../../support/evidence-host.ts';
import { caseOf, deadOutside, LINE, outside, SIX, zone } from '../../support/home.ts';
import { OLD4, WAN4 } from '../../support/names.ts';

const diagnosed = (...evidence: Evidence[]): Diagnosis =>
  judge(caseOf({ evidence: [...LINE, ...SIX, ...evidence] }), {
    at: new Date(),
    by: '0.0.0',
    complete: true,
  });

const SHARED = diagnosed(...zone([]), upnp('100.64.9.7'), deadOutside(WAN4));
const WRONG_A = [...zone([OLD4]), deadOutside(OLD4), outside(WAN4)];
const AT_GANDI = delegation(['ns-12-a.gandi.net']);
const REGION: FlagOf = { flag: '--region', of: ['relay'] };
const POLICY: FlagOf = { flag: '--iam-policy', of: ['relay'], alone: true };

interface Wish {
  readonly diagnosis?: Diagnosis;
  readonly remedy?: Plan['remedy'];
  readonly yes?: boolean;
  readonly only?: readonly FlagOf[];
  readonly upWith?: Plan['remedy'];
  /** What the user answers; null breaks off. Nobody is there where it isn't given. */
  readonly answer?: string | null;
}

/** What is planned, what was shown, and what was asked. */
async function settled(wish: Wish) {
  let shown = '';
  const asked: (readonly Option[])[] = [];
  const context: Pick<StackContext, 'io' | 'env' | 'choose'> = {
    io: {
      out: (text) => {
        shown += text;
      },
      err: () => {},
      isTTY: false,
      page: { width: 80, color: false, drawing: false },
    },
    env: {},
    ...('answer' in wish
      ? {
          choose: async (_question: string, options: readonly Option[]) => {
            asked.push(options);
            return wish.answer ?? null;
          },
        }
      : {}),
  };
  const { remedy = null, yes = false, only = [], upWith = null, diagnosis = SHARED } = wish;
  const code = await settleRemedy({ diagnosis, options: { remedy, yes, only }, upWith }, context).catch(
    (error: unknown) => error,
  );
  return { code, shown, asked };
}

describe('without a question', () => {
  test('a remedy that is named is taken, and nothing is shown', async () => {
    expect(await settled({ remedy: 'a-record', answer: 'relay' })).toEqual({
      code: 'a-record',
      shown: '',
      asked: [],
    });
  });

  test('so is the one that the stack is up with, also with --yes', async () => {
    const up = { upWith: 'relay', diagnosis: diagnosed(...WRONG_A) } as const;
    expect(await settled(up)).toEqual({ code: 'relay', shown: '', asked: [] });
    expect(await settled({ ...up, yes: true, only: [REGION], answer: 'a-record' })).toEqual({
      code: 'relay',
      shown: '',
      asked: [],
    });
  });

  test('--yes takes the first that reach4 can make, and says which', async () => {
    const { code, shown, asked } = await settled({ yes: true, answer: null });
    expect(code).toBe('relay');
    expect(shown).toMatch(/1 {2}isp [\s\S]*\nTaken: relay, the first of those that reach4 can make\.\n\n$/u);
    expect(asked).toEqual([]);
  });

  test('without --yes and a terminal: the choices, how to choose, and nothing is taken', async () => {
    const { code, shown } = await settled({});
    expect(code).toBeNull();
    expect(shown).toMatch(
      /Nothing has been written or changed\. To go on:\n {2}reach4 plan --remedy relay\n$/u,
    );
  });

  test.each<[string, Wish]>([
    ['on a terminal', { answer: 'relay' }],
    ['with --yes', { yes: true }],
    ['for nobody', {}],
  ])('nothing that reach4 can make is nothing to ask for: %s', async (_, wish) => {
    const byHand = diagnosed(...WRONG_A, AT_GANDI);
    const { code, shown, asked } = await settled({ ...wish, diagnosis: byHand });
    expect({ code, asked }).toEqual({ code: null, asked: [] });
    expect(shown).toContain('What fits is done by hand:\n  reach4 explain a-record');
  });
});

describe('asked', () => {
  test('only for what reach4 can make, with what it does and costs', async () => {
    const { code, shown, asked } = await settled({ answer: 'relay' });
    expect(code).toBe('relay');
    expect(asked).toEqual([
      [{ value: 'relay', label: 'relay', hint: 'a small server elsewhere forwards, $5/month' }],
    ]);
    expect(shown).toContain('What fits home.example.org');
  });

  test('breaking off ends it as an interruption, and says that nothing was written', async () => {
    const { code, shown } = await settled({ answer: null });
    expect(code).toBeInstanceOf(Interrupted);
    expect(shown).toMatch(/\nNothing has been written or changed\.\n$/u);
  });
});

describe('a flag that would be ignored', () => {
  test.each<[string, Wish, RegExp]>([
    [
      'for the remedy that is named',
      { remedy: 'a-record' },
      /^--region can't be used for a-record; expected --remedy relay/u,
    ],
    ['for what is up', { upWith: 'a-record' }, /can't be used for a-record/u],
    [
      'for all that fits',
      { diagnosis: diagnosed(...WRONG_A), answer: 'a-record' },
      /^--region is for some remedies only; expected --remedy relay with it\.$/u,
    ],
    [
      'beside what is for another program',
      { only: [POLICY], yes: true },
      /^--iam-policy is for some remedies only; expected --remedy relay with it\.$/u,
    ],
  ])('%s', async (_, wish, sentence) => {
    const { code, shown } = await settled({ only: [REGION], ...wish });
    expect(code).toMatchObject({ name: 'UserError', message: expect.stringMatching(sentence) });
    expect(shown).toBe('');
  });

  test('is none for one that takes it, named or not', async () => {
    expect(await settled({ remedy: 'relay', only: [REGION, POLICY] })).toMatchObject({ code: 'relay' });
    expect(await settled({ only: [REGION], yes: true })).toMatchObject({ code: 'relay' });
    expect((await settled({ only: [REGION], answer: 'relay' })).asked).toMatchObject([[{ value: 'relay' }]]);
  });
});
