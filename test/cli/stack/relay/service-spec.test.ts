import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseService, specOf } from '../../../../src/cli/stack/relay/service-spec.ts';
import { UserError } from '../../../../src/model/error.ts';
import { relayServiceSchema } from '../../../../src/model/relay.ts';
import { NAME, STABLE6 } from '../../../support/names.ts';

const at = (host: string, port: number) => ({ host, port });

describe('a service as it is typed', () => {
  test.each([
    ['tcp:22', { kind: 'tcp', port: 22, origin: at(NAME, 22), proxyProtocol: false }],
    ['udp:27015', { kind: 'udp', port: 27015, origin: at(NAME, 27015) }],
    ['TLS:443', { kind: 'tls', port: 443, names: [NAME], origin: at(NAME, 443), proxyProtocol: false }],
    [
      'tls:443:www.example.org,Blog.Example.Org.',
      {
        kind: 'tls',
        port: 443,
        names: ['www.example.org', 'blog.example.org'],
        origin: at(NAME, 443),
        proxyProtocol: false,
      },
    ],
    ['http:80', { kind: 'http', port: 80, names: [NAME], origin: at(NAME, 80), proxyProtocol: false }],
    ['tcp:25@:2525', { kind: 'tcp', port: 25, origin: at(NAME, 2525), proxyProtocol: false }],
    [
      'tcp:2222@nas.example.org:22',
      { kind: 'tcp', port: 2222, origin: at('nas.example.org', 22), proxyProtocol: false },
    ],
    [
      'tcp:22@nas.example.org',
      { kind: 'tcp', port: 22, origin: at('nas.example.org', 22), proxyProtocol: false },
    ],
    [`tcp:22@[${STABLE6}]:2222`, { kind: 'tcp', port: 22, origin: at(STABLE6, 2222), proxyProtocol: false }],
    [`tcp:22@[${STABLE6}]`, { kind: 'tcp', port: 22, origin: at(STABLE6, 22), proxyProtocol: false }],
    [`udp:53@${STABLE6}`, { kind: 'udp', port: 53, origin: at(STABLE6, 53) }],
    [
      'tls:443:bücher.example.org@bücher.example.org:8443',
      {
        kind: 'tls',
        port: 443,
        names: ['xn--bcher-kva.example.org'],
        origin: at('xn--bcher-kva.example.org', 8443),
        proxyProtocol: false,
      },
    ],
  ])('%s', (spec, service) => {
    expect(parseService(spec, NAME)).toEqual(service);
  });

  test.each([
    ['', /"" is none of tcp, tls, http, udp/u],
    ['ssh:22', /"ssh" is none of/u],
    ['22', /"22" is none of/u],
    ['tcp', /the port is missing/u],
    ['tcp:', /the port is missing/u],
    ['tcp:0', /the port "0" isn't a number from 1 to 65535/u],
    ['tcp:65536', /the port "65536"/u],
    ['tcp:2222:22', /takes no names \(to lead elsewhere, write tcp:2222@:22\)/u],
    ['tcp:22:nas.example.org', /write tcp:22@nas\.example\.org/u],
    ['tls:443:a.example.org:8443', /too much behind the port/u],
    ['tls:443:', /"" isn't a host name/u],
    ['tls:443:a b', /"a b" isn't a host name/u],
    ['tls:443:*.example.org', /isn't a host name/u],
    ['tcp:22@', /nothing stands behind the @/u],
    ['tcp:22@[]', /the brackets are empty/u],
    ['tcp:22@nas.example.org:x', /the port "x"/u],
    ['tcp:22@81.2.99.2', /81\.2\.99\.2 is an IPv4 address/u],
    ['tcp:22@[::ffff:81.2.99.2]', /IPv4 address/u],
    ['tcp:22@[fe80::1]', /no public address \(link-local\)/u],
    ['tcp:22@[::1]:22', /loopback/u],
    ['tcp:22@nas.lan', /name for a local network/u],
    ['tcp:22@nas', /name for a local network/u],
    ['tcp:22@a@b', /neither a host name nor an IPv6 address/u],
  ])('"%s" is a mistake that says what is wrong and what is expected', (spec, message) => {
    const wrong = () => parseService(spec, NAME);
    expect(wrong).toThrow(UserError);
    expect(wrong).toThrow(message);
    expect(wrong).toThrow(/expected KIND:PORT/u);
  });

  test('of a target that is an address, names have to be said', () => {
    expect(() => parseService('tls:443', STABLE6)).toThrow(/is told apart by names/u);
    expect(parseService('tls:443:a.example.org', STABLE6)).toMatchObject({ origin: at(STABLE6, 443) });
  });

  test('whatever is typed gives a service of the schema or one sentence', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom('tcp', 'tls', 'http', 'udp', ':', '@', ',', '[', ']', '22', NAME, STABLE6, '.', '\n'),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const spec = parts.join('');
        try {
          const service = parseService(spec, NAME);
          expect(relayServiceSchema.parse(service)).toEqual(service);
          expect(parseService(specOf(service, NAME), NAME)).toEqual(service);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
