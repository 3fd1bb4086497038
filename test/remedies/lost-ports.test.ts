import { describe, expect, test } from 'vitest';
import { losesPortsNext, losesPortsText, portsText } from '../../src/cli/stack/lost-ports-text.ts';
import { notAgreed } from '../../src/model/lost-port.ts';
import { lostPorts } from '../../src/remedies/lost-ports.ts';
import { reach } from '../support/evidence.ts';
import { listeners } from '../support/evidence-host.ts';
import { caseOf, zone } from '../support/home.ts';
import { NAME, STABLE6, ZONE } from '../support/names.ts';

const sshd = { port: 22, program: { name: 'sshd', pid: 1, unit: null } };
const lost = (...evidence: Parameters<typeof caseOf>[0]['evidence']) =>
  lostPorts(caseOf({ evidence: [...zone([]), ...evidence] }), [80, 443]);

describe('what a name loses behind an edge', () => {
  test('whatever listens to IPv6 from elsewhere, and is no web', () => {
    const seen = listeners(
      {},
      { port: 80 },
      sshd,
      { port: 25, address: STABLE6, program: null },
      { protocol: 'udp', port: 27_015, program: { name: 'valheim', pid: 3, unit: null } },
      // Not reached over IPv6 from the internet, or no service.
      { port: 3306, address: '::1' },
      { port: 5432, address: 'fe80::1' },
      { port: 9000, family: 'ipv4' },
      { protocol: 'udp', port: 5353 },
      { protocol: 'udp', port: 40_000 },
      { protocol: 'udp', port: 443 },
    );
    expect(lost(seen)).toEqual({
      looked: true,
      ports: [
        { protocol: 'tcp', port: 22, program: 'sshd' },
        { protocol: 'tcp', port: 25, program: null },
        { protocol: 'udp', port: 27_015, program: 'valheim' },
      ],
    });
  });

  test('UDP on a port of the web, unless it is HTTP/3 of the web server itself', () => {
    const wireguard = { protocol: 'udp' as const, port: 443, program: null };
    expect(lost(listeners({}, { protocol: 'udp', port: 443 })).ports).toEqual([]);
    expect(lost(listeners({}, wireguard)).ports).toEqual([wireguard]);
    expect(lost(listeners({}, { ...wireguard, program: sshd.program })).ports).toMatchObject([
      { protocol: 'udp', port: 443, program: 'sshd' },
    ]);
  });

  test('what answered elsewhere at its address; that nobody looked on the server is told', () => {
    const the = caseOf({ evidence: zone([]) });
    const evidence = [...the.evidence, reach(STABLE6, { port: 22, roles: ['aaaa-record'] })];
    expect(lostPorts({ ...the, evidence }, [])).toEqual({
      looked: false,
      ports: [{ protocol: 'tcp', port: 22, program: null }],
    });
    expect(lost()).toEqual({ looked: false, ports: [] });
  });

  test('what was agreed to is not asked again', () => {
    const { ports } = lost(listeners(sshd, { port: 25 }));
    expect(notAgreed(ports, [{ protocol: 'tcp', port: 22, program: null }])).toMatchObject([{ port: 25 }]);
  });
});

describe('in words', () => {
  const { ports } = lost(listeners(sshd, { port: 2222, program: null }));

  test('ports as people know them; many are counted', () => {
    expect(portsText(ports)).toBe('SSH (22, sshd), TCP 2222');
    const many = Array.from({ length: 12 }, (_, at) => ({
      protocol: 'tcp' as const,
      port: 5000 + at,
      program: null,
    }));
    expect(portsText(many)).toMatch(/TCP 5007, 4 more$/u);
  });

  test('why it is asked, and what to type', () => {
    expect(losesPortsText(NAME, { looked: true, ports }, 'Cloudflare')).toBe(
      `This server also answers SSH (22, sshd), TCP 2222 over IPv6. Cloudflare carries the web only: under ${NAME} nothing else would be reached any more, not even over IPv6.`,
    );
    expect(losesPortsText(NAME, { looked: false, ports: [] }, 'Cloudflare')).toMatch(
      /^What else this server answers was not seen/u,
    );
    expect(losesPortsNext('reach4 plan --remedy edge-proxy', NAME, ZONE)).toEqual([
      `reach4 plan --remedy edge-proxy --yes-lose-ports   nobody uses them under ${NAME}`,
      'or give them a name of their own first, such as direct.example.org (AAAA only);',
      'or give the web one, such as web.example.org, and diagnose that',
    ]);
    expect(losesPortsNext('x', ZONE, ZONE)[1]).toContain('direct.example.org');
  });
});
