import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portMappingSchema } from '../../../src/model/facts/router.ts';
import { readDescription } from '../../../src/probes/router/description.ts';
import { gatewayUrl } from '../../../src/probes/router/discover.ts';
import { readMappingEntry } from '../../../src/probes/router/port-mappings.ts';
import { readSoapAnswer } from '../../../src/probes/router/soap.ts';
import { isGatewayType, readSsdp, SEARCH_TARGETS, searchRequest } from '../../../src/probes/router/ssdp.ts';
import { parseXml } from '../../../src/probes/router/xml.ts';
import {
  descriptionXml,
  entryOf,
  faultXml,
  IP_SERVICE,
  PPP_SERVICE,
  serviceXml,
  soapXml,
  ssdpAnswer,
  values,
} from './loopback-router.ts';

const HOME = new URL('http://192.168.1.1:5000/desc.xml');
const encode = (text: string) => new TextEncoder().encode(text);

/** Text made of what XML and HTTP are made of. */
const markup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '</',
        '<a>',
        '</a>',
        '<a',
        '/>',
        '&',
        '&amp;',
        '&#0;',
        '<![CDATA[',
        ']]>',
        '<!--',
        '-->',
        '<?xml',
        '?>',
        '"',
        '=',
        '\r\n',
        ' ',
        '\0',
        'LOCATION:',
        'HTTP/1.1 200 OK\r\n',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('XML', () => {
  it('gives elements by local name, in lower case', () => {
    expect(
      parseXml(
        '\uFEFF\r\n<?xml version="1.0"?><S:Root xmlns:S="x"><aB> 1 &amp; <![CDATA[<2>]]> </aB></S:Root>\0\0',
      ),
    ).toEqual({
      name: 'root',
      text: '',
      children: [{ name: 'ab', text: '1 & <2>', children: [] }],
    });
  });

  it.each([
    [
      'entities that grow',
      '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>',
      'XML with a document type',
    ],
    ['entities from outside', '<!doctype l SYSTEM "http://192.168.1.66/x"><l/>', 'XML with a document type'],
    ['an entity that nobody declared', '<l>&b;</l>', 'not XML'],
    ['deep nesting', `${'<a>'.repeat(30)}${'</a>'.repeat(30)}`, 'XML nested too deeply'],
    ['many elements', `<a>${'<b/>'.repeat(3000)}</a>`, 'XML with too many elements'],
    ['nothing', ' \r\n', 'not XML'],
    ['what breaks off', '<a><b>', 'not XML'],
    ['wrong ends', '<a></b>', 'not XML'],
    ['two documents', '<a/><a/>', 'not XML'],
    ['HTML', '<html><br><p>Log in</html>', 'not XML'],
  ])('refuses %s', (_, text, why) => {
    expect(parseXml(text)).toBe(why);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(markup, (text) => {
        const read = parseXml(text);
        expect(typeof read === 'string' ? read : read.name).not.toBe('');
      }),
    );
  });

  it('is done in time with 64 KiB of anything', () => {
    const parts = ['<a', ' a="', '\0', ' ', '&#', '<!', '<a b="c"/>', '<![CDATA['];
    const started = performance.now();
    for (const part of parts) parseXml(`<a>${part.repeat(Math.floor(65_000 / part.length))}x`);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

describe('SSDP', () => {
  it('searches as UDA 1.1 1.3.2 says', () => {
    expect(new TextDecoder().decode(searchRequest('192.168.1.1', 'ssdp:all'))).toBe(
      'M-SEARCH * HTTP/1.1\r\nHOST: 192.168.1.1:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
    );
  });

  it.each(['\r\n', '\n'])('reads lines that end with %j, whatever the case', (end) => {
    const text = ssdpAnswer('http://192.168.1.1:5000/desc.xml', 'x', end).replace('LOCATION: ', 'Location:');
    expect(readSsdp(encode(text))).toEqual({ location: 'http://192.168.1.1:5000/desc.xml', target: 'x' });
  });

  it.each([
    'NOTIFY * HTTP/1.1\r\nLOCATION: http://a/\r\n\r\n',
    'HTTP/1.1 404 No\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    '',
  ])("doesn't take %j", (text) => expect(readSsdp(encode(text))).toBeNull());

  it('knows what it searched', () => {
    const typed = SEARCH_TARGETS.filter((target) => target !== 'ssdp:all');
    expect(typed.filter((target) => !isGatewayType(target))).toEqual([]);
    expect(isGatewayType('urn:schemas-upnp-org:device:MediaRenderer:1')).toBe(false);
    expect(isGatewayType('upnp:rootdevice')).toBe(false);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(markup.map(encode), fc.uint8Array({ maxLength: 100 })), (bytes) => {
        const answer = readSsdp(bytes);
        expect(answer === null || answer.location !== '').toBe(true);
      }),
    );
  });

  it.each([
    ['http://192.168.1.1:5000/x', true],
    ['http://192.168.1.1/', true],
    ['http://192.168.1.66:5000/x', false],
    ['http://192.168.1.1@192.168.1.66/x', false],
    ['http://user@192.168.1.1/x', false],
    ['http://169.254.169.254/latest/meta-data/', false],
    ['https://192.168.1.1/x', false],
    ['file:///etc/passwd', false],
    ['http://router.lan/x', false],
    ['/x', false],
    [`http://192.168.1.1/${'x'.repeat(600)}`, false],
  ])('fetches %s: %j', (text, isTaken) => {
    expect(gatewayUrl(text, '192.168.1.1') !== null).toBe(isTaken);
  });
});

describe('the description', () => {
  it('names the router and its services, those for IP first', () => {
    const text = descriptionXml(
      serviceXml(PPP_SERVICE, '/ppp') +
        serviceXml('urn:x:service:Layer3Forwarding:1', '/l3') +
        serviceXml(IP_SERVICE, 'ctl'),
    );
    expect(readDescription(text, HOME)).toEqual({
      device: 'ACME Box 7',
      controls: [
        { url: 'http://192.168.1.1:5000/ctl', serviceType: IP_SERVICE },
        { url: 'http://192.168.1.1:5000/ppp', serviceType: PPP_SERVICE },
      ],
    });
  });

  it('takes prefixes, other cases, version 2 and a base', () => {
    const text = `<u:ROOT xmlns:u="x"><u:URLBase>http://192.168.1.1:5000/base/</u:URLBase><u:Device><u:Service>
      <u:SERVICETYPE>urn:schemas-upnp-org:service:WANIPConnection:2</u:SERVICETYPE><u:controlurl>ctl</u:controlurl></u:Service></u:Device></u:ROOT>`;
    expect(readDescription(text, HOME)).toEqual({
      device: null,
      controls: [
        {
          url: 'http://192.168.1.1:5000/base/ctl',
          serviceType: 'urn:schemas-upnp-org:service:WANIPConnection:2',
        },
      ],
    });
  });

  it.each([
    ['on another host', descriptionXml(serviceXml(IP_SERVICE, 'http://192.168.1.66:5000/ctl'))],
    ['on another port', descriptionXml(serviceXml(IP_SERVICE, 'http://192.168.1.1:22/ctl'))],
    ['over another protocol', descriptionXml(serviceXml(IP_SERVICE, 'https://192.168.1.1:5000/ctl'))],
    ['on a host without a protocol', descriptionXml(serviceXml(IP_SERVICE, '//192.168.1.66/ctl'))],
    [
      'below a base elsewhere',
      descriptionXml(serviceXml(IP_SERVICE, '/ctl'), '<URLBase>http://192.168.1.66/</URLBase>'),
    ],
  ])("doesn't call services %s", (_, text) => {
    expect(readDescription(text, HOME)).toBe('its services are said to be on another host or port');
  });

  it('needs a connection service', () => {
    expect(readDescription(descriptionXml(''), HOME)).toBe('no connection service in its description');
    const forged = serviceXml(`${IP_SERVICE}&#13;&#10;X-Evil: 1`, '/ctl');
    expect(readDescription(descriptionXml(forged), HOME)).toBe('no connection service in its description');
  });

  it('makes names harmless', () => {
    const text = descriptionXml(serviceXml(IP_SERVICE, '/ctl')).replace(
      'Box 7',
      '&#x9b;31m\u202Eevil&#xA;line',
    );
    expect(readDescription(text, HOME)).toMatchObject({ device: 'ACME 31m evil line' });
  });

  it('takes any text, and calls nothing elsewhere', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl(), markup, fc.webPath()),
        fc.oneof(fc.constant(''), fc.webUrl()),
        (control, base) => {
          const text = descriptionXml(
            serviceXml(IP_SERVICE, `<![CDATA[${control}]]>`),
            `<URLBase>${base}</URLBase>`,
          );
          const read = readDescription(text, HOME);
          const called = typeof read === 'string' ? [] : read.controls.map(({ url }) => new URL(url).origin);
          expect(called.every((origin) => origin === HOME.origin)).toBe(true);
        },
      ),
    );
  });
});

describe('SOAP answers', () => {
  it('gives values and errors', () => {
    expect(
      readSoapAnswer(
        200,
        soapXml('GetExternalIPAddress', { NewExternalIPAddress: '' }),
        'GetExternalIPAddress',
      ),
    ).toEqual({
      kind: 'done',
      values: new Map([['newexternalipaddress', '']]),
    });
    // Some routers send errors with status 200.
    for (const status of [200, 500]) {
      expect(readSoapAnswer(status, faultXml(714, 'NoSuch\u009b0mEntry'), 'X')).toEqual({
        kind: 'fault',
        code: 714,
        text: 'NoSuch 0mEntry',
      });
    }
  });

  it.each([
    ['another action', 200, soapXml('GetStatusInfo', {})],
    ['an error without a code', 500, faultXml(714, '').replace('714', 'x')],
    ['a page', 200, '<html><body/></html>'],
    ['a redirect', 302, ''],
    ['success with status 500', 500, soapXml('GetExternalIPAddress', {})],
  ])('refuses %s', (_, status, body) => {
    expect(readSoapAnswer(status, body, 'GetExternalIPAddress')).toMatchObject({
      kind: 'failed',
      reason: { code: 'malformed' },
    });
  });
});

describe('entries of the mapping list', () => {
  const read = (more: Record<string, string> = {}) => {
    const all = { ...values(entryOf(443, { lease: 60, description: 'web\u0007' })), ...more };
    return readMappingEntry(
      new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), String(value)])),
    );
  };

  it('are read', () => {
    expect(read()).toEqual({
      protocol: 'tcp',
      externalPort: 443,
      client: '192.168.1.10',
      internalPort: 443,
      enabled: true,
      description: 'web',
      leaseSeconds: 60,
    });
    expect(read({ NewEnabled: '0', NewProtocol: 'udp', NewLeaseDuration: '' })).toMatchObject({
      enabled: false,
      protocol: 'udp',
      leaseSeconds: 0,
    });
  });

  it.each([
    { NewExternalPort: '0' },
    { NewExternalPort: '65536' },
    { NewExternalPort: '-1' },
    { NewInternalClient: 'laptop.lan' },
    { NewInternalClient: '' },
    { NewProtocol: 'GRE' },
    { NewRemoteHost: '198.51.100.7' },
  ])('are left out where %j', (more) => expect(read(more)).toBeNull());

  it('are left out or valid, whatever they hold', () => {
    const names = Object.keys(values(entryOf(1))).map((name) => name.toLowerCase());
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.nat().map(String), fc.ipV4())),
        (told) => {
          const entry = readMappingEntry(new Map(Object.entries(told)));
          expect(entry === null || portMappingSchema.safeParse(entry).success).toBe(true);
        },
      ),
    );
  });
});
