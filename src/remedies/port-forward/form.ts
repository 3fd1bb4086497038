import type { System } from '../../model/facts/host.ts';
import type { ManualChange, ManualStep } from '../../model/remedy-offer.ts';
import { form } from '../manual.ts';
import { type Forwarding, onRouter } from './situation.ts';

/** As most routers call the page. */
const PAGE = 'Port forwarding (virtual server, NAT)';

/** The form that makes the forward, or puts the one right that is there. */
export function forwardForm(the: Forwarding): ManualStep {
  const right = fieldsOf(the, the.client, the.internalPort);
  if (the.wrong === null) {
    const change = ', or the one that is there for this port is changed to this: note its values first';
    return onRouter(
      `passes the port on to the server${the.unlisted ? change : ''}`,
      form(PAGE, right),
      removal(the),
    );
  }
  const { client, port, disabled } = the.wrong;
  return onRouter(
    disabled ? 'switches the forward on that is there' : 'leads the forward that is there to the server',
    form(PAGE, { ...right, Enabled: 'yes' }),
    form(PAGE, { ...fieldsOf(the, client, port), Enabled: disabled ? 'no' : 'yes' }),
  );
}

/** The same on the box in front, to the WAN address of the router behind it. */
export const outerForm = (the: Forwarding, innerWan: string): ManualStep =>
  onRouter(
    "passes the port on to your router's WAN address",
    form(PAGE, fieldsOf(the, innerWan, the.externalPort)),
    removal({ ...the, unlisted: false }),
    'outer-router',
  );

function fieldsOf(the: Forwarding, client: string, internalPort: number): Record<string, string> {
  return {
    Name: 'reach4',
    Protocol: the.protocol.toUpperCase(),
    'External port': String(the.externalPort),
    'Internal address': client,
    'Internal port': String(internalPort),
  };
}

const removal = ({ externalPort, protocol, unlisted }: Forwarding): ManualChange =>
  form(PAGE, {
    'Delete the entry': `reach4, ${protocol.toUpperCase()}, external port ${externalPort}`,
    ...(unlisted ? { 'Or, where one was changed': 'the values noted before' } : {}),
  });

/** ip-link(8), ifconfig(8), Get-NetAdapter (Microsoft Learn). */
const HARDWARE: Readonly<Record<System, string>> = {
  linux: '`ip link` shows it as link/ether',
  macos: '`ifconfig` shows it as ether',
  windows: '`Get-NetAdapter` shows it as MacAddress',
  other: '`ifconfig` shows it as ether',
};

/** The server must keep the address that the forward leads to. */
export const reservation = ({ client, interface: device, system }: Forwarding): ManualStep =>
  onRouter(
    'gives the server the same address every time, so that the forward keeps leading to it',
    form('DHCP reservation (static lease)', {
      Address: client,
      'Hardware address': `the server's: on it, ${HARDWARE[system]}${device === null ? '' : ` under ${device}`}`,
    }),
    form('DHCP reservation (static lease)', { 'Delete the entry': client }),
  );

export const routerFirewallForm = ({
  client,
  externalPort,
  internalPort,
  protocol,
}: Forwarding): ManualStep => {
  const page = 'Firewall (access rules, security level)';
  return onRouter(
    "lets the forward through the router's own firewall; this rule goes above the one that blocks it",
    form(page, {
      Name: 'reach4',
      Direction: 'from the internet (WAN) to the local network (LAN)',
      'IP version': 'IPv4',
      Protocol: protocol.toUpperCase(),
      Source: 'any',
      Destination: client,
      // The filter comes after the translation on most routers, and sees the inner port.
      'Destination port':
        internalPort === externalPort ? String(externalPort) : `${internalPort} (external: ${externalPort})`,
      Action: 'allow',
    }),
    form(page, { 'Delete the entry': 'reach4' }),
  );
};

/** A free port that people use for pages of routers. */
const OTHER_PAGE_PORT = 8443;

export const movePage = ({ externalPort }: Forwarding): ManualStep =>
  onRouter(
    "takes the router's own page off the internet, where it holds the port",
    form('Administration (remote management)', {
      'Access from the internet (WAN)': 'off',
      'Or, if it has to stay: port': String(
        externalPort === OTHER_PAGE_PORT ? OTHER_PAGE_PORT + 1 : OTHER_PAGE_PORT,
      ),
    }),
    form('Administration (remote management)', {
      'Access from the internet (WAN)': 'on',
      Port: String(externalPort),
    }),
  );

export const bridgeMode: ManualStep = onRouter(
  'makes a plain modem of the box in front, so that your router gets the public address itself',
  form('Operating mode', { Mode: 'bridge (modem only, IP passthrough)' }),
  form('Operating mode', { Mode: 'router (NAT), as before' }),
  'outer-router',
);
