import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { causeExamples, causesPage, conditionExamples } from '../../docs/causes.ts';
import { CAUSE_CODES, type CauseCode } from '../../src/model/cause-code.ts';
import { type ConditionCode, diagnosisSchema } from '../../src/model/diagnosis.ts';
import type { FindingCode } from '../../src/model/finding.ts';

const CONDITION_CODES: readonly ConditionCode[] =
  diagnosisSchema.shape.conditions.element.shape.condition.options;
const page = causesPage();

/** What each cause has to be shown with, whatever the verdict is. */
const VARIANTS: Readonly<Record<CauseCode, readonly FindingCode[]>> = {
  dns: [
    'a-missing',
    'a-not-own',
    'a-other-service',
    'a-not-public',
    'some-a-dead',
    'authorities-disagree',
    'authority-broken',
    'resolver-stale',
    'resolver-lies',
    'name-does-not-exist',
    'cname-dangling',
    'aaaa-not-this-server',
    'aaaa-temporary',
    'split-horizon',
    'a-rightly-missing',
    'a-is-proxy',
  ],
  cgnat: [
    'wan-shared',
    'wan-ds-lite',
    'wan-private',
    'double-nat',
    'outer-not-public',
    'box-in-front-none',
    'box-in-front-blocks',
    'box-in-front-passes',
    'port-outside-set',
    'port-inside-set',
    'wan-none',
    'wan-unknown',
    'wan-public',
    'observed-beyond-router',
    'observed-is-router',
    'overlay-address',
  ],
  'isp-block': ['stops-before-router', 'other-port-answers', 'other-ports-fail', 'router-firewall-open'],
  'port-forward': [
    'mapping-told-none',
    'mapping-not-listed',
    'mapping-wrong-host',
    'mapping-wrong-port',
    'mapping-disabled',
    'mapping-right',
    'mapping-trial-answers',
    'router-firewall',
    'router-page-answers',
    'other-service-answers',
    'router-silent',
    'forward-not-needed',
  ],
  'host-firewall': [
    'firewall-blocks',
    'firewall-lan-only',
    'firewall-accepts',
    'firewall-absent',
    'firewall-unread',
    'firewall-unclear',
    'neighbour-blocked',
  ],
  'ipv6-only-listener': [
    'listens-v6only',
    'listens-on-address6',
    'listens-on-loopback4',
    'listens-both',
    'published-by-container',
    'v6only-untold',
  ],
  hairpin: [
    'fails-inside',
    'other-service-inside',
    'works-inside',
    'not-tried-inside',
    'hairpin-not-needed',
    'led-inside',
    'led-inside-unseen',
  ],
};

/** A section, from its title to the next one. */
const section = (code: string): string =>
  page.split(/^## /mu).find((each) => each.startsWith(`${code}\n`)) ?? '';

describe('docs/causes.md', () => {
  test('is what the code says (else: npm run docs)', async () => {
    const written = await readFile(new URL('../../docs/causes.md', import.meta.url), 'utf8');
    expect(written).toBe(page);
  });

  test.each(CAUSE_CODES)('has a section for the cause %s, with all its verdicts', (code) => {
    const examples = causeExamples(code);
    const verdicts = new Set(examples.map(({ judged }) => judged.verdict));
    expect(verdicts).toContain('confirmed');
    expect(verdicts).toContain('ruled-out');
    const open = examples.filter(({ judged }) => ['suspected', 'unknown'].includes(judged.verdict));
    expect(open.filter(({ tells }) => tells !== '')).not.toEqual([]);
    expect(
      open.filter(({ tells, judged }) => tells !== '' && !page.includes(judged.next?.command ?? '?')),
    ).toEqual([]);
    expect(section(code)).toContain("IPv6 isn't affected");
  });

  test.each(CAUSE_CODES)('shows every variant of %s', (code) => {
    const told = causeExamples(code).flatMap(({ judged }) => judged.because.map((finding) => finding.code));
    expect(VARIANTS[code].filter((variant) => !told.includes(variant))).toEqual([]);
  });

  test.each(CONDITION_CODES)('has a section for the condition %s', (code) => {
    for (const { report } of conditionExamples(code)) expect(section(code)).toContain(report);
    expect(conditionExamples(code).map(({ judged }) => judged.verdict)).toContain('confirmed');
  });

  test('shows homes that there can be: no evidence twice, none cited that is not there', () => {
    const all = [...CAUSE_CODES.flatMap(causeExamples), ...CONDITION_CODES.flatMap(conditionExamples)];
    const wrong = all.filter(({ diagnosis, judged }) => {
      const ids = diagnosis.evidence.map(({ id }) => id);
      return new Set(ids).size < ids.length || judged.evidence.some((id) => !ids.includes(id));
    });
    expect(wrong.map(({ where }) => where)).toEqual([]);
  });
});
