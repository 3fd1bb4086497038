/** What the home router does, tells and lets a person change, seen with tools that know nothing of reach4. */
import { describe, expect, it } from 'vitest';
import { addressOf, HOME, INET, LAN_HOSTS, PROVIDER } from './addresses.ts';
import { trial } from './trial.ts';
import { HOME_NAME } from './world.ts';

const ROUTER = LAN_HOSTS.router[4][0];
const SERVER = LAN_HOSTS.server[4][0];
const PAGE = 'router: please log in';
const DESCRIPTION = `http://${ROUTER}:5000/rootDesc.xml`;

describe.concurrent('the home router', () => {
  it('lists over UPnP what was made over UPnP, and nothing else', () => {
    const forwards = [
      { port: 443, listed: true },
      { port: 80 },
      { port: 8080, toPort: 80, listed: true },
      { port: 8443, to: 'nobody', listed: true },
      { port: 8444, toPort: 9, to: 'laptop', listed: true },
    ] as const;
    return trial({ router: { forwards: [...forwards] } }, async (lab) => {
      expect(await lab.igd('server')).toEqual({
        wan: HOME.wan4,
        mappings: [
          `443->${SERVER}:443`,
          `8080->${SERVER}:80`,
          '8443->192.168.77.99:8443',
          '8444->192.168.77.20:9',
        ],
      });
      for (const port of [443, 80, 8080]) expect(await lab.page('outside', 4, { port })).toBe(HOME_NAME);
      // Listed or not, they lead back into the LAN as well.
      for (const port of [443, 80, 8080]) expect(await lab.page('laptop', 4, { port })).toBe(HOME_NAME);
      expect(await lab.page('outside', 4, { port: 8443 })).toBe('timeout');
      expect(await lab.page('outside', 4, { port: 8444 })).toBe('refused');
      expect(lab.routerPage.forward(8080)).toEqual({ externalPort: 8080, host: SERVER, port: 80 });
      expect(lab.routerPage.forward(22)).toBe('none');
    });
  });

  it('takes mappings from the host that they lead to, and from no other', () =>
    trial({ router: { forwards: [] } }, async (lab) => {
      const add = ['upnpc', '-u', DESCRIPTION, '-a', SERVER, '443', '443', 'TCP'];
      await lab.exec('laptop', add);
      expect(await lab.page('outside', 4)).toBe('timeout');
      await lab.exec('server', add);
      expect(await lab.page('outside', 4)).toBe(HOME_NAME);
      await lab.exec('server', ['upnpc', '-u', DESCRIPTION, '-d', '443', 'TCP']);
      expect(await lab.page('outside', 4)).toBe('timeout');
      expect((await lab.igd('server')).mappings).toEqual([]);
    }));

  it('may keep out what it forwards', () =>
    trial({ router: { firewall: { ports: [443] } } }, async (lab) => {
      const { page, routerPage } = lab;
      expect(await page('outside', 4)).toBe('timeout');
      expect(await page('outside', 4, { port: 80 })).toBe(HOME_NAME);
      expect(await page('outside', 6)).toBe(HOME_NAME);
      // Unlike at the provider's filter, the router itself is seen; without a forward it isn't.
      const hops = (port: number) => lab.hops('outside', HOME.wan4, { port, most: 4 });
      expect(await hops(443)).toEqual([INET[4], PROVIDER[4], HOME.wan4, '*']);
      expect(await hops(8080)).toEqual([INET[4], PROVIDER[4], '*', '*']);
      expect([routerPage.firewall(443), routerPage.firewall(80)]).toEqual(['blocks', 'open']);

      const undo = await lab.setRouter({ firewall: 'open' });
      expect(await page('outside', 4)).toBe(HOME_NAME);
      expect(routerPage.firewall(443)).toBe('open');
      await undo();
      expect(await page('outside', 4)).toBe('timeout');
      await lab.setRouter({ firewall: { ports: 'all', action: 'reject' } });
      expect(await page('outside', 4, { port: 80 })).toBe('unreachable');
    }));

  it('may answer with its own page', () =>
    trial({ router: { page: { wan: true }, forwards: [{ port: 80 }] } }, async (lab) => {
      expect(await lab.page('outside', 4)).toBe(PAGE);
      expect(await lab.page('outside', 4, { port: 80 })).toBe(HOME_NAME);
      expect(await lab.tlsKey('outside', HOME.wan4)).toBe(await lab.tlsKey('laptop', ROUTER));
    }));

  it('changes as its owner says, and back', () =>
    trial({ router: { forwards: [{ port: 80 }], hairpin: 'off' } }, async (lab) => {
      expect(await lab.page('outside', 4)).toBe('timeout');
      expect(await lab.page('server', 4, { port: 80 })).toBe('timeout');
      const forwards = [{ port: 443, listed: true }, { port: 80 }];
      const undo = await lab.setRouter({ forwards, hairpin: 'on' });
      expect(await lab.page('outside', 4)).toBe(HOME_NAME);
      expect(await lab.page('server', 4)).toBe(HOME_NAME);
      expect((await lab.igd('server')).mappings).toEqual([`443->${SERVER}:443`]);
      const back = await lab.setRouter({ hairpin: 'router-page', upnp: { igd: false } });
      expect(await lab.page('server', 4, { port: 8080 })).toBe('refused');
      expect((await lab.igd('server')).wan).toBe('none');
      await back();
      await undo();
      expect(await lab.page('outside', 4)).toBe('timeout');
      expect(await lab.page('outside', 4, { port: 80 })).toBe(HOME_NAME);
      expect(await lab.page('server', 4, { port: 80 })).toBe('timeout');
      expect(await lab.igd('server')).toEqual({ wan: HOME.wan4, mappings: [] });
    }));

  it('may know only one of its protocols', () =>
    trial({ router: { upnp: { igd: false, natPmp: false } } }, async (lab) => {
      // Version 2, opcode 128, result 0.
      expect(await lab.ask5351('server', ROUTER, 2)).toMatch(/^02800000/u);
      expect(await lab.ask5351('server', ROUTER, 0)).toBe('');
      expect((await lab.igd('server')).wan).toBe('none');
      await lab.setRouter({ upnp: { natPmp: true, pcp: false } });
      // 81.2.99.2
      expect(await lab.ask5351('server', ROUTER, 0)).toMatch(/^00800000.{8}51026302$/u);
      expect(await lab.ask5351('server', ROUTER, 2)).toBe('');
      await lab.setRouter({ upnp: { natPmp: false } });
      expect(await lab.ask5351('server', ROUTER, 0)).toBe('');
    }));

  it('may know a WAN address and not tell it', () =>
    trial({ isp: { kind: 'cgnat' }, router: { upnp: { tellsPrivateWan: false } } }, async (lab) => {
      expect(await lab.igd('server')).toEqual({ wan: 'empty', mappings: [] });
      // Result 3, "network failure" (RFC 6886, section 3.5).
      expect(await lab.ask5351('server', ROUTER, 0)).toMatch(/^00800003/u);
    }));

  it('may shut the LAN off over IPv6', () =>
    trial({ router: { ipv6Firewall: 'blocks' } }, async (lab) => {
      expect(await lab.page('outside', 6)).toBe('timeout');
      expect(await lab.page('outside', 4)).toBe(HOME_NAME);
      expect(await lab.whoami('server', 6)).toBe(addressOf('server', 6));
    }));
});
