import { expect, test } from 'vitest';
import { tunnelOfToken } from '../../src/connector/token.ts';
import { tunnelTokenText } from '../support/tunnel-tokens.ts';

const ID = '6c1a1d5a-04d2-4b59-9a0e-3f6f0f6a2b11';
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const account = '0123456789abcdef0123456789abcdef';

test('a token names its account and its tunnel', () => {
  expect(tunnelOfToken(tunnelTokenText(ID, 'x'))).toEqual({ accountId: account, tunnelId: ID });
  expect(tunnelOfToken(tunnelTokenText(ID.toUpperCase(), 'x'))?.tunnelId).toBe(ID);
});

test.each([
  ['nothing', ''],
  ['no base64', 'eyJ…'],
  ['a token for the API', 'test-token-x-0000000000000000000000000000'],
  ['no JSON', Buffer.from('no JSON').toString('base64')],
  ['no tunnel', base64({ a: account, s: 'eA==' })],
  ['no secret', base64({ a: account, t: ID, s: '' })],
  ['an id that would be a path', base64({ a: account, t: '../../etc/passwd', s: 'eA==' })],
  ['an id with more behind it', base64({ a: account, t: `${ID}\nExecStart=/bin/sh`, s: 'eA==' })],
  ['an account that would be a path', base64({ a: '../zones', t: ID, s: 'eA==' })],
  ['two lines', `${tunnelTokenText(ID, 'x')}\n${tunnelTokenText(ID, 'x')}`],
  ['far too much', base64({ a: account, t: ID, s: Buffer.alloc(5_000).toString('base64') })],
])('%s is none', (_, text) => {
  expect(tunnelOfToken(text)).toBeNull();
});
