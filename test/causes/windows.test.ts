import { describe, expect, it } from 'vitest';
import { hostFirewall } from '../../src/causes/host-firewall.ts';
import { ipv6OnlyListener } from '../../src/causes/ipv6-only-listener.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { addresses } from '../../src/probes/addresses.ts';
import { firewall } from '../../src/probes/firewall.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { routes } from '../../src/probes/routes.ts';
import { system } from '../../src/probes/system.ts';
import { offerHostFirewall } from '../../src/remedies/host-firewall.ts';
import { here } from '../probes/fake-ports.ts';
import { edited, fixture, windows } from '../probes/windows/machine.ts';
import {
  firewall as linuxFirewall,
  listeners as linuxListeners,
  routes as linuxRoutes,
} from '../support/evidence-host.ts';
import { authorities, caseOf, dead, deadOutside, LINE, ownAddresses, SIX } from '../support/home.ts';
import { LAN4, STABLE6, WAN4 } from '../support/names.ts';

/** IPv6 works, IPv4 doesn't, seen from here and outside. */
const AROUND: readonly Evidence[] = [...authorities([WAN4]), ...LINE, ...SIX, dead(WAN4), deadOutside(WAN4)];

/** What the probes say on a Windows server on which PowerShell prints this. */
async function seenOn(text: string): Promise<Evidence[]> {
  const { ports } = windows({ 'powershell.exe': text });
  const own = await Promise.all([
    addresses(ports, here()),
    system(ports, here()),
    routes(ports, here()),
    listeners(ports, here()),
    firewall({ port: 443, protocol: 'tcp' }, ports, here()),
  ]);
  return [...AROUND, ...own];
}

const judged = (evidence: readonly Evidence[]) => {
  const the = caseOf({ evidence });
  return { firewall: hostFirewall.judge(the), listener: ipv6OnlyListener.judge(the) };
};

describe('a Windows server', () => {
  it('whose rule drops IPv4 is judged as a Linux server with such a rule', async () => {
    const windowsCase = judged(await seenOn(fixture('server2022-en-drops-ipv4.txt')));
    const linuxCase = judged([
      ...AROUND,
      ownAddresses(LAN4, STABLE6),
      linuxRoutes(),
      linuxListeners(),
      linuxFirewall('drop'),
    ]);
    expect(windowsCase.firewall.verdict).toBe('confirmed');
    expect(windowsCase.firewall.verdict).toBe(linuxCase.firewall.verdict);
    expect(windowsCase.listener.verdict).toBe(linuxCase.listener.verdict);
    expect(windowsCase.firewall.because).toContainEqual(
      expect.objectContaining({
        code: 'firewall-blocks',
        args: expect.objectContaining({ family: 'ipv4', software: 'windows-firewall', table: 'Public' }),
      }),
    );
  });

  it('gets the rule switched off that drops IPv4, by its own name', async () => {
    const the = caseOf({ evidence: await seenOn(fixture('server2022-en-drops-ipv4.txt')) });
    const offer = offerHostFirewall(the, [hostFirewall.judge(the)]);
    expect(JSON.stringify(offer)).toContain('Disable-NetFirewallRule -Name no-ipv4');
  });

  it('whose program listens on IPv6 alone', async () => {
    const { listener } = judged(await seenOn(fixture('windows10-fr-v6only.txt')));
    expect(listener.verdict).toBe('confirmed');
    expect(listener.because).toContainEqual({
      code: 'listens-v6only',
      args: { port: 443, program: 'nginx', bindv6only: null },
    });
  });

  it('on which it was not told whether IPv4 is taken too', async () => {
    const text = edited(fixture('windows10-fr-v6only.txt'), 'netstat', (() => null) as never);
    const { listener } = judged(await seenOn(text));
    expect(listener.verdict).toBe('unknown');
    expect(listener.because.map(({ code }) => code)).toContain('v6only-untold');
  });

  it.each([
    'windows11-en-other-firewall.txt',
    'windows11-de-constrained.txt',
    'server2022-en-rules-denied.txt',
    'windows11-ja-unelevated.txt',
  ])('whose rules cannot be judged is neither cleared nor accused: %s', async (name) => {
    const { firewall: verdict } = judged(await seenOn(fixture(name)));
    expect(['unknown', 'suspected']).toContain(verdict.verdict);
  });
});
