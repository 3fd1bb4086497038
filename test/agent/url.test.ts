import { describe, expect, it } from 'vitest';
import { parseAgentUrl } from '../../src/agent/url.ts';
import { UserError } from '../../src/model/error.ts';

describe('parseAgentUrl', () => {
  it.each([
    ['http://vps.example.net:4460', 'http://vps.example.net:4460'],
    ['HTTP://VPS.example.net:4460/', 'http://vps.example.net:4460'],
    ['http://[2a03:4000:47:10::20]:4460', 'http://[2a03:4000:47:10::20]:4460'],
    ['https://vps.example.net/agent//', 'https://vps.example.net/agent'],
  ])('reads %s', (text, url) => {
    expect(parseAgentUrl(text)).toBe(url);
  });

  it.each([
    'http://user:secret@agent.example.net',
    'http://secret@agent.example.net',
    'http://agent.example.net/?token=secret',
    'http://agent.example.net/#secret',
    'secret@agent',
    '//?secret',
    'ftp://agent.example.net',
    'agent.example.net:4460',
    'file:///etc/passwd',
    '',
    'http://',
  ])('refuses %s, and repeats no secret', (text) => {
    expect(() => parseAgentUrl(text)).toThrow(UserError);
    expect(() => parseAgentUrl(text)).toThrow(/expected one such as http:/u);
    expect(() => parseAgentUrl(text)).not.toThrow(/secret/u);
  });
});
