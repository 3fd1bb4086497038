import { describe, expect, test } from 'vitest';
import { caaNames, issuersOf, mayIssue } from '../../src/model/caa.ts';

const issue = (value: string) => ({ critical: false, tag: 'issue', value });
const set = (...records: Parameters<typeof issuersOf>[0]) => ({ at: 'example.org', records });
const DOMAINS = ['amazon.com', 'amazontrust.com'];

test('a name is looked up upwards, without the root', () => {
  expect(caaNames('a.home.example.org')).toEqual([
    'a.home.example.org',
    'home.example.org',
    'example.org',
    'org',
  ]);
});

describe('whether an authority may issue', () => {
  test.each([
    ['one of its domains', [issue('letsencrypt.org'), issue('amazontrust.com')], true],
    ['in capitals, with parameters', [issue(' Amazon.COM ; account=1')], true],
    ['others only', [issue('letsencrypt.org')], false],
    ['nobody', [issue(';')], false],
    ['nobody, without a sign', [issue('')], false],
    ['a longer name that ends like one of them', [issue('notamazon.com')], false],
    ['no word of issuing', [{ critical: false, tag: 'iodef', value: 'mailto:a@example.org' }], true],
    ['a word of wildcards only', [{ critical: false, tag: 'issuewild', value: ';' }], true],
    ['an unknown tag', [issue('amazon.com'), { critical: false, tag: 'tbs', value: 'x' }], true],
    [
      'an unknown tag that is critical',
      [issue('amazon.com'), { critical: true, tag: 'tbs', value: 'x' }],
      false,
    ],
    ['a known tag that is critical', [{ critical: true, tag: 'issue', value: 'amazon.com' }], true],
  ])('%s', (_, records, may) => {
    expect(mayIssue(set(...records), DOMAINS)).toBe(may);
  });
});

test('who may is told for people', () => {
  expect(issuersOf([issue('letsencrypt.org; x=1'), issue('Pki.goog')])).toEqual([
    'letsencrypt.org',
    'pki.goog',
  ]);
  expect(issuersOf([issue(';')])).toEqual([]);
  expect(issuersOf([])).toBeNull();
});
