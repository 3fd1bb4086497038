import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { firewall, listeners, made } from '../support/evidence-host.ts';
import { caseOf, deadOutside, LINE, zone } from '../support/home.ts';
import { STABLE6, WAN4 } from '../support/names.ts';
import { DRAWN, MADE, PLAIN } from './diagnoses.ts';
import { SCENES } from './scenes.ts';

/** The two lines that are the diagnosis. */
const paths = (name: keyof typeof SCENES): string =>
  diagnosisText(SCENES[name], DRAWN).split('\n\n')[1] ?? '';
/** One line, however it was wrapped. */
const flat = (name: keyof typeof SCENES): string => diagnosisText(SCENES[name], PLAIN).replace(/\s+/gu, ' ');

describe('what a reader sees', () => {
  test('carrier-grade NAT, and a firewall behind it', () => {
    expect(diagnosisText(SCENES.cgnatAndFirewall, DRAWN)).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6   internet ── ISP ── router ── firewall ── nginx             works, 24 ms
        IPv4   internet ── ISP ─✕ carrier-grade NAT                     fails, 3 tries

      Why IPv4 fails

        ✕ Carrier-grade NAT: this line has no IPv4 address of its own        confirmed
            router's address   100.64.9.7   told by the router (UPnP, 192.168.77.1)
            seen outside as    81.2.99.2    told by two services
            100.64.0.0/10 is shared by many customers (RFC 6598); nobody gets in.
            81.2.99.2, port 443: no answer at all, 3 of 3 tries, seen from outside
            No IPv4 packet for port 443 arrived here in 4 s; 3 over IPv6 did
            IPv6 isn't affected: the prefix 2a0b:4341:7700::/64 is yours alone.
            check: upnpc -s
            check: curl https://one.example.net/ipv4

        ✕ The firewall on this server drops IPv4 to port 443                 confirmed
            nftables, table inet filter, chain input, rule 7:
              meta nfproto ipv4 tcp dport 443 counter packets 12 bytes 720 drop
            IPv6 isn't affected: the same packet is accepted by rule 4.
            It matters once IPv4 gets this far.
            check: sudo nft list chain inet filter input

        ? The provider's filter, the router's port forward and access from inside
          (hairpin) can't be judged while the line has no public IPv4 address of its
          own
        fine: DNS (no A record, rightly), nginx listens on both families

      What makes it work
        1  other-tunnels  go around it through a tunnel  $5/month     TCP only  15 min
        2  isp            ask the provider               free to ask  anything  days
        3  host-firewall  let IPv4 through the firewall  free         anything  2 min

        1  other-tunnels: reverse SSH to a server of yours
           on this server, ssh: open the tunnel
               ssh -N -R 0.0.0.0:443:localhost:443 USER@HOST
           mind: The server sees the relay's address for every client.

        2  isp: a public IPv4 address
           mind: Some providers charge for it.
           in full: reach4 explain isp

        3  host-firewall: nftables
           in full: reach4 explain host-firewall

      Nothing has been changed. Next, when you have made the change:
        reach4 diagnose https://home.example.org
      "
    `);
  });

  test('the same for a pipe and a narrow screen', () => {
    expect(diagnosisText(SCENES.cgnatAndFirewall, { ...PLAIN, width: 40 })).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)
      seen from this server and 1 place
      outside

        IPv6: internet > ISP > router >
          firewall > nginx: works, 24 ms
        IPv4: internet > ISP, stops:
          carrier-grade NAT: fails, 3 tries

      Why IPv4 fails

        x Carrier-grade NAT: this line has
          no IPv4 address of its own
                                     confirmed
            router's address: 100.64.9.7,
              told by the router (UPnP,
              192.168.77.1)
            seen outside as: 81.2.99.2, told
              by two services
            100.64.0.0/10 is shared by many
              customers (RFC 6598); nobody
              gets in.
            81.2.99.2, port 443: no answer at
              all, 3 of 3 tries, seen from
              outside
            No IPv4 packet for port 443
              arrived here in 4 s; 3 over IPv6
              did
            IPv6 isn't affected: the prefix
              2a0b:4341:7700::/64 is yours
              alone.
            check: upnpc -s
            check: curl \\
                       https://one.example.net/ipv4

        x The firewall on this server drops
          IPv4 to port 443           confirmed
            nftables, table inet filter, chain
              input, rule 7:
              meta nfproto ipv4 tcp dport 443
                counter packets 12 bytes 720
                drop
            IPv6 isn't affected: the same
              packet is accepted by rule 4.
            It matters once IPv4 gets this
              far.
            check: sudo nft list chain inet \\
                       filter input

        ? The provider's filter, the
          router's port forward and access
          from inside (hairpin) can't be
          judged while the line has no public
          IPv4 address of its own
        fine: DNS (no A record, rightly),
          nginx listens on both families

      What makes it work
        1  other-tunnels  go around it
           through a tunnel  $5/month  TCP
           only  15 min
        2  isp  ask the provider  free to
           ask  anything  days
        3  host-firewall  let IPv4 through
           the firewall  free  anything  2 min

        1  other-tunnels: reverse SSH to a
           server of yours
           on this server, ssh: open the
             tunnel
               ssh -N -R \\
                   0.0.0.0:443:localhost:443 \\
                   USER@HOST
           mind: The server sees the relay's
             address for every client.

        2  isp: a public IPv4 address
           mind: Some providers charge for
             it.
           in full: reach4 explain isp

        3  host-firewall: nftables
           in full: reach4 explain
             host-firewall

      Nothing has been changed. Next, when you
      have made the change:
        reach4 diagnose \\
            https://home.example.org
      "
    `);
  });

  test('no A record and no port forward', () => {
    expect(diagnosisText(SCENES.dnsAndForward, DRAWN)).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6   internet ── ISP ── router ── firewall ── nginx             works, 24 ms
        IPv4   internet ── DNS ─✕ no A record                           fails, 3 tries

      Why IPv4 fails

        ✕ DNS: The name has no A record (home.example.org)                   confirmed
            Clients that have only IPv4 get no address from DNS, and give up.
            The router's public address is 81.2.99.2: that is what A should say
            IPv6 isn't affected: it has a record of its own (AAAA).
            check: dig +norecurse @194.156.163.53 home.example.org A
            check: upnpc -s

        ✕ The router has no port forward for port 443, read on its page      confirmed
            81.2.99.2, port 443: no answer at all, 3 of 3 tries, seen from outside
            No IPv4 packet for port 443 arrived here in 4 s; 3 over IPv6 did
            IPv6 isn't affected: this server has a public IPv6 address of its own.
            It matters once IPv4 gets this far.
            check: nc -vz 81.2.99.2 443
            check: sudo tcpdump -n -i any tcp port 443

        ? The line's own address (carrier-grade NAT) and the provider's filter can't
          be judged while the router doesn't pass the port on
        ? Access from inside (hairpin) can't be judged before it works from outside
        fine: this server's firewall accepts IPv4, nginx listens on both families

      What makes it work
        1  port-forward  let the router pass the port on  free  anything  5 min

        All of these are needed, in this order: port-forward, then a-record.
        a-record comes when the address answers: the next diagnosis then offers it.

        1  port-forward: the router's own page
           on the router: add a port forward
             in the form "Port forwarding"
               External port:     443
               Internal address:  192.168.77.10
               Internal port:     443
               Protocol:          TCP
           or: UPnP
           in full, and how to undo it: reach4 explain port-forward

      Nothing has been changed. Next, when you have made these changes:
        reach4 diagnose https://home.example.org
      "
    `);
  });

  test('this user may not see it all', () => {
    expect(diagnosisText(SCENES.unprivileged, DRAWN)).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6   internet ── ISP ── router ── firewall ── service           works, 24 ms
        IPv4   internet ─? ISP, router or firewall                      fails, 3 tries

      Why IPv4 fails

        ? This line may have no IPv4 address of its own (carrier-grade NAT)  suspected
            The router's own address isn't known: no UPnP, NAT-PMP or PCP answered
            81.2.99.2, port 443: no answer at all, 3 of 3 tries, seen from outside
            check: curl https://one.example.net/ipv4
            check: nc -vz 81.2.99.2 443

        ? The provider may block port 443                                    suspected
            What is said above fits this as well.

        ? The router may not pass port 443 on to this server                 suspected
            The router tells nothing about its forwards: no UPnP, NAT-PMP or PCP
              answered

        ? The firewall on this server may block IPv4 to port 443             suspected
            Only root may read the firewall's rules

        ? DNS looks right, the fault then lies behind the record: A is 81.2.99.2,
          the address this line is seen with
        ? Access from inside (hairpin) can't be judged before it works from outside
        fine: the program listens on both families

      What would tell
        about the server's firewall:
          Root sees the firewall, the packets that arrive and who listens. Run on the
          server:
            sudo reach4 diagnose https://home.example.org
        about the line's own address (carrier-grade NAT) and the provider's filter:
          Open your router's page (http://192.168.77.1), and find the IPv4 address of
          its internet connection (on the page Status, Internet or WAN). Put it for
          ADDRESS, or none where it shows none, and run on the server:
            reach4 diagnose https://home.example.org --wan-ipv4 ADDRESS
        about the router's port forward:
          Open your router's page (http://192.168.77.1), and look for port 443 under
          Port forwarding (others call it Virtual server, NAT or Port sharing). Put
          the address and the port that it leads to for HOST:PORT; where there is no
          such entry, put none for 443:HOST:PORT. Then run on the server:
            reach4 diagnose https://home.example.org --forward 443:HOST:PORT

      Nothing has been changed. Next: what would tell, above.
      "
    `);
  });
});

describe('where IPv4 stops', () => {
  test('at the outermost cause that is certain', () => {
    expect(paths('cgnatAndFirewall')).toMatch(/IPv4 {3}internet ── ISP ─✕ carrier-grade NAT/u);
    expect(paths('listener')).toMatch(/IPv4 {3}internet ─ ISP ─ router ─ firewall ─ nginx ─✕ IPv6 only/u);
    expect(paths('dnsAndForward')).toMatch(/IPv4 {3}internet ── DNS ─✕ no A record/u);
  });

  test('somewhere among those that nobody saw it pass', () => {
    expect(paths('forwardOrProvider')).toMatch(/IPv4 {3}internet ─\? ISP or router /u);
    expect(paths('unprivileged')).toMatch(/IPv4 {3}internet ─\? ISP, router or firewall /u);
    expect(paths('outsideOnly')).toMatch(/IPv4 {3}internet ─\? ISP, router, firewall or service /u);
  });

  test('nowhere', () => {
    expect(
      paths('healthy').match(/internet ── ISP ── router ── firewall ── nginx +works, 24 ms/gu),
    ).toHaveLength(2);
  });

  test('behind the program, where replies take another way', () => {
    expect(paths('vpn')).toMatch(/nginx ─✕ replies go astray/u);
    expect(flat('vpn')).toContain('they come in by eth0 and go out by wg0, a tunnel (VPN)');
  });

  test('a station that nobody saw is not drawn as passed', () => {
    const { ipv4 } = { ipv4: paths('firewallUnseenWay') };
    expect(ipv4).toMatch(/IPv4 {3}internet ── ISP\? ── router\? ── firewall ─✕ rule 7 drops it/u);
    expect(flat('firewallUnseenWay')).toContain(
      'internet > ISP? > router? > firewall, stops: rule 7 drops it',
    );
  });
});

describe('what is no cause is not told as one', () => {
  test('a service that is down', () => {
    expect(paths('serviceDown').match(/service ─✕ is down/gu)).toHaveLength(2);
    expect(flat('serviceDown')).toContain('The service is down: nothing takes connections on port 443');
    expect(flat('serviceDown')).not.toContain("isn't affected");
    expect(flat('serviceDown')).not.toContain('IPv6 does not work either');
  });

  test('IPv6 that fails as well', () => {
    expect(flat('ipv6Broken')).toContain('IPv6 does not work either');
    expect(flat('ipv6Broken')).not.toContain("isn't affected");
  });
});

/** Lines of two screens as most people have them: what is longer is not read. */
const TWO_SCREENS = 70;

test('a diagnosis fits two screens', () => {
  for (const diagnosis of Object.values(SCENES)) {
    expect(diagnosisText(diagnosis, DRAWN).split('\n').length).toBeLessThanOrEqual(TWO_SCREENS);
  }
});

test('what the server sends to itself has come no way', () => {
  const to = (from: string) =>
    made('arrivals', '443', 'sudo tcpdump', {
      tool: 'tcpdump',
      port: 443,
      watchedMs: 4000,
      arrivals: [
        { family: 'ipv6', from, to: STABLE6, port: 443, sourcePorts: [], interface: 'lo', packets: 4 },
      ],
      replies: [],
    });
  const broken = (from: string): string => {
    const seen = [...zone([WAN4]), ...LINE, listeners(), firewall(), deadOutside(STABLE6), to(from)];
    return diagnosisText(judge(caseOf({ evidence: seen }), MADE), DRAWN);
  };
  expect(broken(STABLE6)).toMatch(/IPv6 {3}internet ─\? ISP or router /u);
  expect(broken('2a03:b0c0:3::7')).toMatch(/IPv6 {3}internet ─+ ISP ─+ router ─+ firewall/u);
});

test('what is no evidence beside a certain cause is left out', () => {
  expect(flat('dnsAndForward')).not.toContain("often aren't listed");
  expect(flat('forwardOrProvider')).toContain("often aren't listed");
});

test('commands to check by hand are those that show what is at stake', () => {
  expect(flat('cgnatAndFirewall')).toContain('check: sudo nft list chain inet filter input');
  expect(flat('forwardOrProvider')).toContain('check: sudo tcpdump -n -i any tcp port 443');
  expect(flat('vpn')).toContain('check: ip -4 route');
});

test('why IPv6 escapes is told once for each cause that is certain', () => {
  expect(flat('cgnatAndFirewall').match(/IPv6 isn't affected/gu)).toHaveLength(2);
  expect(flat('listener').match(/IPv6 isn't affected/gu)).toHaveLength(1);
});

test('a command that is too long is broken as a shell allows it, and only there', () => {
  const shown = diagnosisText(
    { ...SCENES.cgnatAndFirewall, remedies: SCENES.firewallUnseenWay.remedies },
    DRAWN,
  );
  const [, command = ''] = /\n( +nft insert(?:.*\\\n)*.*)\n/u.exec(shown) ?? [];
  expect(command).toContain('\\\n');
  expect(command.replace(/\\\n\s*/gu, '').trim()).toBe(
    'nft insert rule inet filter input handle 19 meta nfproto ipv4 tcp dport 443 counter accept comment "reach4"',
  );
});

test('commands are shown as this reader has to type them', () => {
  const text = diagnosisText(SCENES.unprivileged, { ...DRAWN, command: 'npx reach4' });
  expect(text).toContain('sudo npx reach4 diagnose');
  expect(text).not.toMatch(/(?<!npx )reach4 diagnose/u);
});
