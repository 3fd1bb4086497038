import { describe, expect, it } from 'vitest';
import { hostFirewall } from '../../src/causes/host-firewall.ts';
import { ipv6OnlyListener } from '../../src/causes/ipv6-only-listener.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { addresses } from '../../src/probes/addresses.ts';
import type { ProbeContext } from '../../src/probes/context.ts';
import { firewall } from '../../src/probes/firewall.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { routes } from '../../src/probes/routes.ts';
import { mac, portsOf } from '../probes/macos/recorded.ts';
import { whoami } from '../support/evidence.ts';
import { arrivals } from '../support/evidence-host.ts';
import { caseOf, deadOutside, SIX, zone } from '../support/home.ts';
import { LAN4, STABLE6, WAN4 } from '../support/names.ts';

const here: ProbeContext = { vantage: 'server', where: 'here', signal: new AbortController().signal };

/** What a Mac of the fixtures sees of itself, at the addresses of the other evidence. */
async function seenOn(name: string): Promise<Evidence[]> {
  const ports = portsOf(
    mac(name, [
      ['192.168.7.2', LAN4],
      ['192.168.7.', '192.168.77.'],
      ['2001:db8:7::2', STABLE6],
    ]),
  );
  return Promise.all([
    addresses(ports, here),
    listeners(ports, here),
    routes(ports, here),
    firewall({ port: 443, protocol: 'tcp' }, ports, here),
  ]);
}

/** From outside IPv4 fails; the packets come to the Mac. */
async function scene(name: string, six: readonly Evidence[] = SIX) {
  const line = [whoami(WAN4), whoami(WAN4, 'https://two.example.net')];
  const evidence = [
    ...(await seenOn(name)),
    ...line,
    ...zone([WAN4]),
    ...six,
    deadOutside(WAN4),
    arrivals({ packets: 9 }),
  ];
  return caseOf({ evidence });
}

describe('a Mac as the server', () => {
  it('keeps IPv4 out by a rule of pf', async () => {
    expect(hostFirewall.judge(await scene('macos-26-pf-inet'))).toMatchObject({
      verdict: 'confirmed',
      because: [
        { code: 'firewall-blocks', args: { family: 'ipv4', software: 'pf', position: 2 } },
        { code: 'firewall-accepts', args: { family: 'ipv6', software: 'pf' } },
      ],
    });
  });

  it('lets neighbours in, and IPv4 from the internet not', async () => {
    expect(hostFirewall.judge(await scene('macos-15-pf-lan'))).toMatchObject({
      verdict: 'confirmed',
      because: [
        { code: 'firewall-blocks', args: { software: 'pf', chain: 'org.example', verdict: 'reject' } },
        { code: 'firewall-lan-only' },
        { code: 'firewall-accepts', args: { family: 'ipv6', software: 'macos-application-firewall' } },
      ],
    });
  });

  it('is not to blame where its application firewall would stop both families and IPv6 answers', async () => {
    for (const name of ['macos-15-block-all', 'macos-14-app-ja']) {
      const { verdict, because } = hostFirewall.judge(await scene(name));
      expect(verdict).toBe('unknown');
      expect(because).toMatchObject([{ code: 'firewall-unclear' }]);
    }
  });

  it('is to blame where its application firewall stops both families, and neither answers', async () => {
    expect(hostFirewall.judge(await scene('macos-14-app-ja', [deadOutside(STABLE6)]))).toMatchObject({
      verdict: 'confirmed',
      because: [
        { code: 'firewall-blocks', args: { family: 'ipv4', software: 'macos-application-firewall' } },
        { code: 'firewall-blocks', args: { family: 'ipv6', software: 'macos-application-firewall' } },
      ],
    });
  });

  it.each(['macos-13-off', 'macos-26-default', 'macos-14-app-fr'])(
    'has a firewall that lets it in: %s',
    async (name) => {
      expect(hostFirewall.judge(await scene(name)).verdict).toBe('ruled-out');
    },
  );

  it('is not cleared by what was not read, or not understood', async () => {
    const user = hostFirewall.judge(await scene('macos-12-user'));
    expect(user).toMatchObject({
      verdict: 'suspected',
      because: expect.arrayContaining([{ code: 'firewall-unread', args: { why: 'no-privilege' } }]),
      next: { code: 'run-as-root' },
    });
    const unlisted = hostFirewall.judge(await scene('macos-15-unlisted'));
    expect(unlisted.verdict).toBe('suspected');
    expect(unlisted.because).toContainEqual(expect.objectContaining({ code: 'firewall-unclear' }));
  });

  it('has a program on IPv6 only, or not', async () => {
    expect(ipv6OnlyListener.judge(await scene('macos-15-six-only')).verdict).toBe('confirmed');
    expect(ipv6OnlyListener.judge(await scene('macos-26-default')).verdict).toBe('ruled-out');
    // lsof alone doesn't tell whether a socket of IPv6 takes IPv4 as well.
    expect(ipv6OnlyListener.judge(await scene('macos-15-no-netstat')).verdict).not.toBe('ruled-out');
    expect(ipv6OnlyListener.judge(await scene('macos-15-no-netstat')).verdict).not.toBe('confirmed');
  });
});
