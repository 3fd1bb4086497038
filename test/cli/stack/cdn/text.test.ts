import { expect, test } from 'vitest';
import { nextCommands, refusalText } from '../../../../src/cli/stack/cdn/text.ts';
import type { CdnRefusal } from '../../../../src/remedies/cdn/outcome.ts';
import { NAME, OLD4, ZONE } from '../../../support/names.ts';

test('what IPv4 alone loses, and what to type', () => {
  const loses: CdnRefusal = {
    code: 'loses-ports',
    name: NAME,
    lost: { looked: true, ports: [{ protocol: 'tcp', port: 22, program: null }] },
    ipv4Only: true,
  };
  expect(refusalText(loses, null)).toMatch(
    /^Over IPv4 home\.example\.org also answers SSH \(22\)\. .*; over IPv6 it would, as before\.$/u,
  );
  const exists: CdnRefusal = {
    code: 'exists',
    name: NAME,
    sets: [{ type: 'A', ttl: 60, values: [OLD4] }],
  };
  expect(nextCommands([exists, loses], ZONE)[0]).toMatch(
    /^reach4 plan --remedy cdn --ipv4-only --adopt --yes-lose-ports /u,
  );
});

test('the diagnosis is of another host', () => {
  expect(refusalText({ code: 'other-host', host: NAME, name: 'other.example.org' }, null)).toContain(
    'The last diagnosis is of home.example.org, and the stack is up for other.example.org',
  );
});
