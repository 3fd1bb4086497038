import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/model/diagnosis.ts';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import { findingSchema } from '../../src/model/finding.ts';
import { offerHairpin } from '../../src/remedies/hairpin.ts';
import { offerIsp } from '../../src/remedies/isp.ts';
import { offerOtherTunnels } from '../../src/remedies/other-tunnels.ts';
import { offerPortForward } from '../../src/remedies/port-forward.ts';
import { reach } from '../support/evidence.ts';
import { GATEWAY, inRole, listeners, natPmp, routes, told, upnp } from '../support/evidence-host.ts';
import { caseOf, LINE, SIX, zone } from '../support/home.ts';
import { LAN4, NAME, OLD4, SERVICE, STABLE6, STRANGER, WAN4 } from '../support/names.ts';
import { confirmed, made, manual, stepsOf, waysOf, whyNot } from './scene.ts';

const HOME: readonly Evidence[] = [...LINE, ...zone([WAN4]), ...SIX, routes()];
const FORWARD = `Name: reach4\nProtocol: TCP\nExternal port: 443\nInternal address: ${LAN4}\nInternal port: 443`;
const doubleNat = confirmed('cgnat', {
  code: 'double-nat',
  args: { wan: '192.168.1.2', outer: '192.168.1.1', outerWan: WAN4 },
});

/** A private WAN address, and what a person said of the box in front. */
const saidOfBox = (code: 'box-in-front-blocks' | 'box-in-front-none', args: object): Verdict => ({
  ...doubleNat,
  because: [
    { code: 'wan-private', args: { wan: '192.168.1.2', sources: ['upnp'], observed: [WAN4] } },
    findingSchema.parse({ code, args }),
  ],
});

const UPNPC = `upnpc -u http://${GATEWAY}:5000/rootDesc.xml`;

describe('the remedy port-forward', () => {
  const offer = (evidence: readonly Evidence[], ...verdicts: readonly Verdict[]) =>
    offerPortForward(
      caseOf({ evidence: [...HOME, ...evidence] }),
      verdicts.length > 0 ? verdicts : [confirmed('port-forward')],
    );

  test('the box in front passes the port on to the router, where its page was seen not to', () => {
    const made = offer([], saidOfBox('box-in-front-blocks', { port: 443 }));
    expect(waysOf(made)).toEqual([
      'the router in front of yours',
      'the router in front of yours, as a modem only',
    ]);
    expect(stepsOf(made)[0]?.[1]).toContain('Internal address: 192.168.1.2');
    expect(whyNot(offer([], saidOfBox('box-in-front-none', {})))).toBe('not-the-cause');
  });

  test("the values for the router's form, with the server's address kept", () => {
    const made = offer([]);
    expect(waysOf(made)).toEqual(["your router's page"]);
    expect(stepsOf(made).map(([, change]) => change)).toEqual([
      FORWARD,
      expect.stringContaining(`Address: ${LAN4}`),
    ]);
    expect(stepsOf(made)[0]?.[2]).toBe(
      'Delete the entry: reach4, TCP, external port 443\nOr, where one was changed: the values noted before',
    );
  });

  const none = told({ forwards: 'none' });

  test('commands where UPnP or NAT-PMP answers, and the page is known to show no forward', () => {
    const made = offer([upnp(WAN4), natPmp(WAN4), none]);
    expect(waysOf(made)).toEqual(['UPnP', 'NAT-PMP', "your router's page"]);
    expect(stepsOf(made)[0]).toEqual([
      'UPnP (miniupnpc)',
      `${UPNPC} -e reach4 -a ${LAN4} 443 443 TCP`,
      `${UPNPC} -d 443 TCP`,
    ]);
    expect(stepsOf(made, 1)[0]?.[1]).toContain(`natpmpc -g ${GATEWAY} -a 443 443 tcp 7200`);
    expect(stepsOf(made, 1)[0]?.[2]).toContain(`natpmpc -g ${GATEWAY} -a 443 443 tcp 0`);
  });

  test('the page first, where a forward that was set by hand may be there: a second one would be in its way', () => {
    const made = offer([upnp(WAN4), natPmp(WAN4)]);
    expect(waysOf(made)).toEqual(["your router's page", 'UPnP', 'NAT-PMP']);
    expect(manual(made).ways[0]?.steps[0]?.does).toContain('note its values first');
    expect(waysOf(offer([natPmp(WAN4)]))[0]).toBe("your router's page");
  });

  test('commands first, where a mapping that was opened for a moment made it work', () => {
    const trial = confirmed('port-forward', {
      code: 'mapping-trial-answers',
      args: { externalPort: 443, address: WAN4 },
    });
    expect(waysOf(offer([upnp(WAN4)], trial))).toEqual(['UPnP', "your router's page"]);
  });

  test("the server's own mapping to a wrong port is replaced over UPnP, and comes back", () => {
    const made = offer([upnp(WAN4, [{ client: LAN4, internalPort: 8443 }]), listeners({})]);
    expect(waysOf(made)).toEqual(['UPnP', "your router's page"]);
    expect(stepsOf(made)[0]?.slice(1)).toEqual([
      `${UPNPC} -d 443 TCP\n${UPNPC} -e reach4 -a ${LAN4} 443 443 TCP`,
      `${UPNPC} -d 443 TCP\n${UPNPC} -e reach4 -a ${LAN4} 8443 443 TCP`,
    ]);
  });

  test("another machine's mapping is changed on the page: routers let nobody else take it away", () => {
    const made = offer([upnp(WAN4, [{ client: '192.168.77.99', internalPort: 443 }])]);
    expect(waysOf(made)).toEqual(["your router's page"]);
    expect(stepsOf(made)[0]?.[2]).toContain('Internal address: 192.168.77.99');
  });

  test('a wrong mapping that was set by hand is changed by hand, and its values come back', () => {
    const forwards = [{ externalPort: 443, host: '192.168.77.99', port: 443 }];
    const made = offer([upnp(WAN4), told({ forwards })]);
    expect(waysOf(made)).toEqual(["your router's page"]);
    expect(stepsOf(made)[0]?.slice(1)).toEqual([
      `${FORWARD}\nEnabled: yes`,
      `${FORWARD.replace(LAN4, '192.168.77.99')}\nEnabled: yes`,
    ]);
  });

  test('one that is switched off is switched on, and off again', () => {
    const [step] = stepsOf(offer([upnp(WAN4, [{ enabled: false }])]), 0);
    expect(step?.[1]).toContain('Enabled: yes');
    expect(step?.[2]).toContain('Enabled: no');
  });

  test("the router's own page goes first", () => {
    const page = confirmed('port-forward', {
      code: 'router-page-answers',
      args: { address: WAN4, port: 443, vantage: 'outside' },
    });
    const made = offer([upnp(WAN4)], page);
    expect(waysOf(made)).toEqual(["your router's page"]);
    expect(stepsOf(made)[0]?.[1]).toContain('Access from the internet (WAN): off');
    expect(stepsOf(made)[1]?.[1]).toBe(FORWARD);
  });

  test("only the router's firewall, where the forward is right", () => {
    const firewall = confirmed('port-forward', {
      code: 'router-firewall',
      args: { port: 443, source: 'told' },
    });
    const right = told({ forwards: [{ externalPort: 443, host: LAN4, port: 443 }] });
    const made = offer([right], firewall);
    expect(stepsOf(made)).toHaveLength(1);
    expect(stepsOf(made)[0]?.[1]).toContain(`Destination: ${LAN4}\nDestination port: 443\nAction: allow`);
  });

  test('two routers: the outer one leads to the inner one, or is a modem only', () => {
    const made = offer([], doubleNat, confirmed('port-forward'));
    expect(made).toHaveProperty('cures', ['cgnat', 'port-forward']);
    expect(stepsOf(made).map(([software]) => software)).toEqual([
      'the router in front of yours',
      'your router',
      'your router',
    ]);
    expect(stepsOf(made)[0]?.[1]).toContain('Internal address: 192.168.1.2');
    expect(stepsOf(made, 1)[0]?.[1]).toContain('bridge');
  });

  test('is not offered for a line that is shared', () => {
    const shared = confirmed('cgnat', {
      code: 'wan-shared',
      args: { wan: '100.64.9.7', sources: ['upnp'], observed: [WAN4] },
    });
    expect(whyNot(offerPortForward(caseOf({ evidence: HOME }), [shared]))).toBe('not-the-cause');
  });
});

describe('the remedy hairpin', () => {
  const offer = (target = `https://${NAME}`) =>
    offerHairpin(caseOf({ target, evidence: HOME }), [confirmed('hairpin')]);
  const changeFor = (what: string) => stepsOf(offer(), waysOf(offer()).indexOf(what));

  test('dnsmasq says both families', () => {
    expect(changeFor('dnsmasq')[0]?.slice(1)).toEqual([
      `printf '%s\\n' 'host-record=${NAME},${LAN4},${STABLE6}' > /etc/dnsmasq.d/reach4.conf\ndnsmasq --test --conf-file=/etc/dnsmasq.d/reach4.conf\nsystemctl restart dnsmasq`,
      'rm /etc/dnsmasq.d/reach4.conf\nsystemctl restart dnsmasq',
    ]);
  });

  test('Unbound leaves the other types to the internet', () => {
    const [step] = changeFor('Unbound');
    expect(step?.[1]).toContain(`local-zone: "${NAME}." typetransparent`);
    expect(step?.[1]).toContain(`local-data: "${NAME}. IN A ${LAN4}"`);
  });

  test.each(['Pi-hole', 'AdGuard Home', "your router's own DNS"])('%s: one entry an address', (what) => {
    const steps = changeFor(what);
    expect(steps.map(([, change]) => change.split(': ').at(-1))).toEqual([LAN4, STABLE6]);
  });

  test('the hosts file of one machine', () => {
    expect(changeFor('one machine alone')[0]?.slice(1)).toEqual([
      `printf '%s\\n' '${LAN4} ${NAME} # reach4' '${STABLE6} ${NAME} # reach4' >> /etc/hosts`,
      "sed -i.bak '/ # reach4$/d' /etc/hosts",
    ]);
  });

  test("seen from a neighbour: the server's address is the one that it got the service at, or has to be filled in", () => {
    const beside = (...looks: Evidence[]) => {
      const the = caseOf({ vantage: 'lan', evidence: [...zone([WAN4]), ...SIX] });
      const made = offerHairpin({ ...the, evidence: [...the.evidence, ...looks] }, [confirmed('hairpin')]);
      return stepsOf(made, waysOf(made).indexOf('one machine alone'))[0]?.[1];
    };
    const look = (identity = SERVICE) => ({
      ...inRole(reach('192.168.77.12', { identity }), 'lan'),
      vantage: 'lan' as const,
    });
    expect(beside(look())).toContain(`'192.168.77.12 ${NAME} # reach4'`);
    expect(beside(look(STRANGER))).toContain(`'SERVER-LAN-ADDRESS ${NAME} # reach4'`);
    expect(beside()).toContain(`'SERVER-LAN-ADDRESS ${NAME} # reach4'`);
  });

  test('only the router where the target is no name', () => {
    expect(waysOf(offer(`https://${WAN4}`))).toEqual(["your router's NAT loopback"]);
  });
});

describe('the remedy isp', () => {
  const shared = confirmed('cgnat', {
    code: 'wan-shared',
    args: { wan: '100.64.9.7', sources: ['upnp'], observed: [WAN4] },
  });
  const message = (offer: ReturnType<typeof offerIsp>, way: string): string =>
    stepsOf(offer, waysOf(offer).indexOf(way))[0]?.[1] ?? '';

  test('asks for an address, with what was seen of the line', () => {
    const offer = offerIsp(caseOf({ evidence: [...HOME, upnp('100.64.9.7')] }), [shared]);
    expect(message(offer, 'your provider')).toContain(
      `My router's WAN address is 100.64.9.7; on the internet my line is seen as ${WAN4}.`,
    );
    expect(message(offer, 'your provider')).toContain('a public IPv4 address that is not shared');
    expect(offer).toMatchObject({ cures: ['cgnat'], alternatePort: null });
  });

  test('asks for the port, and names the one that answers', () => {
    const block = confirmed('isp-block', {
      code: 'other-port-answers',
      args: { address: WAN4, port: 443, otherPort: 8443 },
    });
    const offer = offerIsp(caseOf({ evidence: [...HOME, upnp(WAN4)] }), [block]);
    expect(message(offer, 'your provider')).toContain(`to ${WAN4}, TCP port 443, don't arrive at my router`);
    expect(message(offer, 'your provider')).toContain('does answer at port 8443');
    expect(offer).toMatchObject({ cures: ['isp-block'], alternatePort: 8443 });
    expect(message(offer, 'port 8443, which answers already')).toContain(`https://${NAME}:8443`);
  });

  test("a port of the line's own set is forwarded first", () => {
    const outside = confirmed('cgnat', {
      code: 'port-outside-set',
      args: { port: 443, address: WAN4, usable: [5296, 9392] },
    });
    const offer = offerIsp(caseOf({ evidence: HOME }), [outside]);
    // Nobody has seen it open: that it is the line's own is known by arithmetic alone.
    expect(offer).toMatchObject({ alternatePort: null });
    expect(message(offer, "port 5296, which is one of the line's own")).toContain(
      `External port: 5296\nInternal address: ${LAN4}\nInternal port: 443`,
    );
  });

  test('a port at which the service was seen from outside, and no other', () => {
    const there = caseOf({ evidence: HOME });
    const look = (identity: typeof SERVICE | null) =>
      inRole(reach(WAN4, { from: 'outside-1', port: 8443, identity }), 'differential');
    const block = [confirmed('isp-block')];
    const withLook = (identity: typeof SERVICE | null) => ({
      ...there,
      evidence: [...there.evidence, { ...look(identity), vantage: 'outside' as const }],
    });
    expect(offerIsp(withLook(SERVICE), block)).toMatchObject({ alternatePort: 8443 });
    expect(offerIsp(withLook(null), block)).toMatchObject({ alternatePort: null });
  });

  test('a port that was open for the look alone has to be forwarded first', () => {
    const there = caseOf({ evidence: HOME });
    const looked = {
      ...inRole(reach(WAN4, { from: 'outside-1', port: 50123 }), 'differential'),
      vantage: 'outside' as const,
    };
    const trial = evidenceSchema.parse({
      ...looked,
      id: 'mapping-trial:here:router',
      probe: 'mapping-trial',
      vantage: 'server',
      facts: {
        method: 'upnp',
        gateway: GATEWAY,
        externalPort: 50123,
        client: LAN4,
        internalPort: 443,
        opened: true,
        external: null,
        refusal: null,
        removed: true,
      },
    });
    const made = offerIsp({ ...there, evidence: [...there.evidence, looked, trial] }, [
      confirmed('isp-block'),
    ]);
    expect(made).toMatchObject({ alternatePort: null });
    const way = waysOf(made).indexOf('port 50123, which answered while it was forwarded for a moment');
    expect(stepsOf(made, way)[0]?.[1]).toContain('External port: 50123');
    expect(message(made, 'your provider')).not.toContain('50123');
  });

  test('is not asked about a second router at home', () => {
    expect(whyNot(offerIsp(caseOf({ evidence: HOME }), [doubleNat]))).toBe('own-box-in-front');
    expect(
      whyNot(offerIsp(caseOf({ evidence: HOME }), [saidOfBox('box-in-front-blocks', { port: 443 })])),
    ).toBe('own-box-in-front');
    expect(whyNot(offerIsp(caseOf({ evidence: HOME }), []))).toBe('not-the-cause');
  });

  test('is asked where nobody at home has a second router', () => {
    expect(made(offerIsp(caseOf({ evidence: HOME }), [saidOfBox('box-in-front-none', {})])).cures).toEqual([
      'cgnat',
    ]);
  });
});

describe('the remedy other-tunnels', () => {
  const offer = (target = `https://${NAME}`, evidence = HOME) =>
    offerOtherTunnels(caseOf({ target, evidence }), [confirmed('cgnat'), confirmed('host-firewall')]);

  test('goes round everything that is in the way at home', () => {
    expect(made(offer()).cures).toEqual(['cgnat', 'host-firewall']);
  });

  test('reverse SSH, on a host that lets it be reached, and the record', () => {
    const steps = stepsOf(offer(), waysOf(offer()).indexOf('reverse SSH, to try it'));
    expect(steps[0]?.[1]).toContain('GatewayPorts clientspecified');
    expect(steps[1]?.[1]).toContain(`-R '0.0.0.0:443:[::1]:443' root@VPS-ADDRESS`);
    expect(steps[1]?.[2]).toBe('ssh -S ~/.ssh/reach4.sock -O exit root@VPS-ADDRESS');
    expect(steps[2]?.slice(1)).toEqual([
      `Name: ${NAME}\nType: A\nContent: VPS-ADDRESS`,
      `Name: ${NAME}\nType: A\nContent: ${WAN4}`,
    ]);
  });

  test('a record that was not there is deleted again', () => {
    const steps = stepsOf(offer(undefined, [...LINE, ...zone([]), ...SIX]));
    expect(steps.at(-1)?.[2]).toContain('Delete the entry');
    expect(steps.at(-1)?.[1]).not.toContain(OLD4);
  });

  test.each([
    [
      `https://${NAME}`,
      `ngrok http 'https://[::1]:443' --host-header=${NAME} --log=stdout`,
      'https://[::1]:443',
    ],
    [`http://${NAME}`, `ngrok http 'http://[::1]:80' --host-header=${NAME} --log=stdout`, 'http://[::1]:80'],
    [`tcp://${NAME}:22`, `ngrok tcp '[::1]:22' --log=stdout`, '[::1]:22'],
    [`https://[${STABLE6}]`, `ngrok http 'https://[::1]:443' --log=stdout`, 'https://[::1]:443'],
  ])('ngrok for %s', (target, command, local) => {
    const made = offer(target);
    const changeOf = (way: string) => stepsOf(made, waysOf(made).indexOf(way))[0]?.[1];
    expect(changeOf('ngrok, to try it')).toContain(command);
    const service = changeOf('ngrok, as a service');
    expect(service).toContain(`addr: "${local}"`);
    expect(service?.includes('host_header')).toBe(command.includes('host-header'));
    expect(service).not.toMatch(/ngrok .*AUTHTOKEN/u);
  });

  test('the key of a tunnel that stays open opens one port there, and nothing else', () => {
    const steps = stepsOf(offer());
    expect(steps.map(([software]) => software)).toEqual([
      'sshd on a host with a public IPv4',
      'OpenSSH',
      'sshd on a host with a public IPv4',
      'OpenSSH under systemd',
      'your DNS provider',
    ]);
    expect(steps[2]?.[1]).toBe(
      '/root/.ssh/authorized_keys\n+ => restrict,port-forwarding,permitlisten="0.0.0.0:443",command="/usr/sbin/nologin" CONTENT-OF-reach4.pub',
    );
    expect(steps[3]?.[1]).toContain('-R 0.0.0.0:443:[::1]:443 root@VPS-ADDRESS');
    const high = stepsOf(offer(`tcp://${NAME}:25565`));
    expect(high[2]?.[1]).toContain('/home/USER/.ssh/authorized_keys');
    expect(high[3]?.[1]).toContain('USER@VPS-ADDRESS');
  });

  test('is not offered for UDP, nor where the line is not at fault', () => {
    expect(whyNot(offer(`udp://${NAME}:27015`))).toBe('not-carried');
    expect(whyNot(offerOtherTunnels(caseOf({ evidence: HOME }), [confirmed('host-firewall')]))).toBe(
      'not-the-cause',
    );
    expect(manual(offer()).loses.length).toBeGreaterThan(2);
  });
});
