import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/model/address.ts';
import { readIpv6, sixteenBytes, viewOf } from '../../../src/probes/router/bytes.ts';
import {
  natPmpMapRequest,
  readExternalAddress,
  readMapping,
} from '../../../src/probes/router/nat-pmp-message.ts';
import {
  announceRequest,
  type PcpMapping,
  pcpMapRequest,
  readAnnounce,
  readPcpMapping,
} from '../../../src/probes/router/pcp-message.ts';

const bytes = fc.uint8Array({ maxLength: 80 });
const port = fc.integer({ min: 1, max: 65_535 });
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Bytes that begin like an answer, so that more than the first check is tried. */
const almost = (...heads: string[]) =>
  fc.tuple(fc.constantFrom(...heads), bytes).map(([head, rest]) => Uint8Array.of(...hex(head), ...rest));

describe('addresses in sixteen bytes', () => {
  it('come back as they were', () => {
    const four = fc.ipV4();
    const six = fc.ipV6().map((text) => parseAddress(text) ?? '::1');
    fc.assert(
      fc.property(fc.oneof(four, six), (address) => {
        expect(readIpv6(viewOf(sixteenBytes(address)), 0)).toBe(address);
      }),
    );
  });
});

describe('NAT-PMP', () => {
  it('reads the address (RFC 6886 3.2)', () => {
    expect(readExternalAddress(hex('00 80 0000 00000e10 51026301'))).toEqual({
      kind: 'answer',
      result: 0,
      epochSeconds: 3600,
      external: '81.2.99.1',
    });
  });

  it.each([
    ['no address yet', '00 80 0000 00000001 00000000', { kind: 'answer', external: null }],
    ['switched off', '00 80 0002 00000001', { kind: 'answer', result: 2, external: null }],
    ['no network', '00 80 0003 00000001 00000000', { kind: 'answer', result: 3, external: null }],
    ['another version', '00 80 0001 00000001', { kind: 'unsupported' }],
    ['PCP only', '02 80 0001 00000000 00000001', { kind: 'unsupported', detail: 'speaks PCP, not NAT-PMP' }],
    ['PCP only, in few bytes', '02 80 0001', { kind: 'unsupported' }],
    ['a request', '00 00 0000 00000001 51026301', { kind: 'malformed' }],
    ['half', '00 80 0000 0000', { kind: 'malformed' }],
    ['no address in it', '00 80 0000 00000001', { kind: 'malformed' }],
    ['nothing', '', { kind: 'malformed' }],
  ])('knows %s', (_, text, expected) => {
    expect(readExternalAddress(hex(text))).toMatchObject(expected);
  });

  it('asks for a TCP mapping as RFC 6886 3.3 lays it out', () => {
    const request = natPmpMapRequest({ internalPort: 443, externalPort: 40_000, lifetime: 60 });
    expect(request).toEqual(hex('00 02 0000 01bb 9c40 0000003c'));
  });

  it('reads the answer to a mapping, and only to its own', () => {
    fc.assert(
      fc.property(
        port,
        port,
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (internalPort, externalPort, lifetime) => {
          const answer = new Uint8Array(16);
          answer.set(hex('00 82 0000 00000001'));
          answer.set(natPmpMapRequest({ internalPort, externalPort, lifetime }).subarray(4), 8);
          const mapping = { internalPort, externalPort, lifetime };
          expect(readMapping(answer, internalPort)).toEqual({ kind: 'answer', result: 0, ...mapping });
          expect(readMapping(answer, (internalPort % 65_535) + 1)).toMatchObject({ kind: 'malformed' });
        },
      ),
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(bytes, almost('0080', '00800000', '0082', '02800000')),
        port,
        (any, internalPort) => {
          const kinds = ['answer', 'unsupported', 'malformed'];
          expect(kinds).toContain(readExternalAddress(any).kind);
          expect(kinds).toContain(readMapping(any, internalPort).kind);
        },
      ),
    );
  });
});

describe('PCP', () => {
  const nonce = hex('000102030405060708090a0b');
  const mapping: PcpMapping = {
    client: '192.168.1.10',
    nonce,
    internalPort: 443,
    externalPort: 40_000,
    lifetime: 60,
  };

  it('announces in 24 bytes (RFC 6887 7.1)', () => {
    expect(announceRequest('192.168.1.10')).toEqual(
      hex('02 00 0000 00000000 00000000000000000000ffffc0a8010a'),
    );
  });

  it('asks for a mapping as RFC 6887 11.1 lays it out', () => {
    expect(pcpMapRequest(mapping)).toEqual(
      hex(
        `02 01 0000 0000003c 00000000000000000000ffffc0a8010a 000102030405060708090a0b
         06 000000 01bb 9c40 00000000000000000000ffff00000000 02 00 0000`.replaceAll(/\s/gu, ''),
      ),
    );
    expect(pcpMapRequest({ ...mapping, lifetime: 0 })).toHaveLength(60);
  });

  const answer = '02 81 00 00 00000078 00000e10 000000000000000000000000';
  const data = '000102030405060708090a0b 06 000000 01bb 9c40 00000000000000000000ffff51026301';

  it('reads what was mapped', () => {
    expect(readPcpMapping(hex(answer + data), mapping)).toEqual({
      kind: 'answer',
      version: 2,
      result: 0,
      lifetime: 120,
      epochSeconds: 3600,
      mapped: { externalPort: 40_000, external: '81.2.99.1' },
    });
  });

  it.each([
    ['another nonce', answer + data.replace('0b', '0c'), 'malformed'],
    ['another port', answer + data.replace('01bb', '01bc'), 'malformed'],
    ['half of it', answer + data.slice(0, 40), 'malformed'],
    ['an answer to something else', answer.replace('81', '80') + data, 'malformed'],
  ])("doesn't take %s", (_, text, kind) => {
    expect(readPcpMapping(hex(text), mapping)).toMatchObject({ kind });
  });

  it.each([
    [
      'an answer',
      '02 80 00 00 00000000 00000e10 000000000000000000000000',
      { kind: 'answer', result: 0, epochSeconds: 3600 },
    ],
    [
      'a NAT in between',
      '02 80 00 0c 00000000 00000e10 000000000000000000000000',
      { kind: 'answer', result: 12 },
    ],
    ['NAT-PMP only', '00 80 0001 00000e10', { kind: 'unsupported', detail: 'speaks NAT-PMP, not PCP' }],
    ['another version', '01 80 00 01 00000000 00000e10 000000000000000000000000', { kind: 'unsupported' }],
    ['a refused version', '02 80 00 01 00000000 00000e10 000000000000000000000000', { kind: 'unsupported' }],
    ['the request itself', '02 00 00 00 00000000 00000000 000000000000000000000000', { kind: 'malformed' }],
    ['half', '02 80 00 00 00000000', { kind: 'malformed' }],
    ['nothing', '', { kind: 'malformed' }],
  ])('knows %s', (_, text, expected) => {
    expect(readAnnounce(hex(text))).toMatchObject(expected);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, almost('0280', '0281', answer)), (any) => {
        const kinds = ['answer', 'unsupported', 'malformed'];
        expect(kinds).toContain(readAnnounce(any).kind);
        expect(kinds).toContain(readPcpMapping(any, mapping).kind);
      }),
    );
  });
});
