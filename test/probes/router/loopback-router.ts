import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

let last = 0;

/** A loopback address of this test's own, so that fixed ports are free on it. */
export function ownLoopback(): string {
  last += 1;
  return `127.${64 + (process.pid % 128)}.${(process.pid >> 7) % 256}.${last}`;
}

/** A UDP server until the test ends; with port 0, on any. */
export async function udpServer(
  address: string,
  port: number,
  handle: (bytes: Buffer, from: RemoteInfo, socket: Socket) => void,
): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => handle(bytes, from, socket));
  onTestFinished(() => void socket.close());
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket.address().port;
}

/** Sends bytes from a new socket at that address, as somebody else would. */
export async function sendFrom(address: string, to: RemoteInfo, bytes: Uint8Array): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  socket.send(bytes, to.port, to.address, () => socket.close());
}

/** An HTTP server on that address until the test ends. */
export async function httpServer(address: string, handle: RequestListener): Promise<number> {
  const server = createServer(handle);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, address), 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return bound.port;
}

export const IP_SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1';
export const PPP_SERVICE = 'urn:schemas-upnp-org:service:WANPPPConnection:1';
const IGD = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';

export const ssdpAnswer = (location: string, target = IGD, lineEnd = '\r\n'): string =>
  ['HTTP/1.1 200 OK', `LOCATION: ${location}`, 'EXT:', `ST: ${target}`, '', ''].join(lineEnd);

export const serviceXml = (type: string, control: string): string =>
  `<service><serviceType>${type}</serviceType><serviceId>urn:x</serviceId><controlURL>${control}</controlURL></service>`;

export const descriptionXml = (services: string, more = ''): string =>
  `<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0">${more}<device><deviceType>${IGD}</deviceType>` +
  `<manufacturer>ACME</manufacturer><modelName>Box 7</modelName><deviceList><device><deviceList><device>` +
  `<serviceList>${services}</serviceList></device></deviceList></device></deviceList></device></root>`;

export const soapXml = (action: string, values: Readonly<Record<string, string | number>>): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
  `<u:${action}Response xmlns:u="${IP_SERVICE}">` +
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('') +
  `</u:${action}Response></s:Body></s:Envelope>`;

export const faultXml = (code: number, text: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
  `<faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0">` +
  `<errorCode>${code}</errorCode><errorDescription>${text}</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>`;

export interface Entry {
  readonly externalPort: number;
  readonly protocol: string;
  readonly client: string;
  readonly internalPort: number;
  readonly description: string;
  readonly lease: number;
}

/** An answer to one action: the body, or a fault. */
type Answer = { readonly status: number; readonly body: string };
const done = (action: string, values: Readonly<Record<string, string | number>>): Answer => ({
  status: 200,
  body: soapXml(action, values),
});
const fault = (code: number, text: string): Answer => ({ status: 500, body: faultXml(code, text) });

export interface Igd {
  readonly address: string;
  readonly entries: Entry[];
  /** Actions called, in order. */
  readonly calls: string[];
}

interface Behaviour {
  /** Comes before the router's own; null leaves it to that. */
  readonly soap?: (action: string, text: string, response: ServerResponse) => Answer | 'handled' | null;
  readonly description?: (port: number) => string;
  readonly describe?: RequestListener;
  /** What the search is answered with; null stays silent. */
  readonly search?: (target: string, location: string) => string | null;
  readonly entries?: readonly Entry[];
}

const argument = (text: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(text)?.[1] ?? '';

/** A router that speaks UPnP on a loopback address of its own; it does what IGD:1 says, except where told otherwise. */
export async function startIgd(behaviour: Behaviour = {}): Promise<Igd> {
  const igd: Igd = { address: ownLoopback(), entries: [...(behaviour.entries ?? [])], calls: [] };
  const port = await httpServer(igd.address, (request, response) => {
    if (request.method === 'GET') {
      if (behaviour.describe !== undefined) return behaviour.describe(request, response);
      const text = behaviour.description?.(port) ?? descriptionXml(serviceXml(IP_SERVICE, '/ctl'));
      return response.end(text);
    }
    void bodyOf(request).then((text) => {
      const action = /#(\w+)/u.exec(String(request.headers.soapaction))?.[1] ?? '';
      igd.calls.push(action);
      const answer = behaviour.soap?.(action, text, response) ?? act(igd, action, text);
      if (answer !== 'handled') response.writeHead(answer.status).end(answer.body);
    });
  });
  const location = `http://${igd.address}:${port}/desc.xml`;
  await udpServer(igd.address, 1900, (bytes, from, socket) => {
    const target = /^ST: (.*)$/mu.exec(bytes.toString())?.[1]?.trim() ?? '';
    const search = behaviour.search ?? ((asked) => (asked === IGD ? ssdpAnswer(location) : null));
    const answer = search(target, location);
    if (answer !== null) socket.send(answer, from.port, from.address);
  });
  return igd;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

function act(igd: Igd, action: string, text: string): Answer {
  const asked = {
    externalPort: Number(argument(text, 'NewExternalPort')),
    protocol: argument(text, 'NewProtocol'),
  };
  const position = igd.entries.findIndex(
    (each) => each.externalPort === asked.externalPort && each.protocol === asked.protocol,
  );
  switch (action) {
    case 'GetStatusInfo':
      return done(action, {
        NewConnectionStatus: 'Connected',
        NewLastConnectionError: 'ERROR_NONE',
        NewUptime: 9,
      });
    case 'GetExternalIPAddress':
      return done(action, { NewExternalIPAddress: '81.2.99.1' });
    case 'GetGenericPortMappingEntry': {
      const entry = igd.entries[Number(argument(text, 'NewPortMappingIndex'))];
      return entry === undefined ? fault(713, 'SpecifiedArrayIndexInvalid') : done(action, values(entry));
    }
    case 'GetSpecificPortMappingEntry': {
      const entry = igd.entries[position];
      return entry === undefined ? fault(714, 'NoSuchEntryInArray') : done(action, values(entry));
    }
    case 'AddPortMapping':
      if (position !== -1) igd.entries.splice(position, 1);
      igd.entries.push({
        ...asked,
        client: argument(text, 'NewInternalClient'),
        internalPort: Number(argument(text, 'NewInternalPort')),
        description: argument(text, 'NewPortMappingDescription'),
        lease: Number(argument(text, 'NewLeaseDuration')),
      });
      return done(action, {});
    case 'DeletePortMapping':
      if (position === -1) return fault(714, 'NoSuchEntryInArray');
      igd.entries.splice(position, 1);
      return done(action, {});
    default:
      return fault(401, 'Invalid Action');
  }
}

export const values = (entry: Entry): Record<string, string | number> => ({
  NewRemoteHost: '',
  NewExternalPort: entry.externalPort,
  NewProtocol: entry.protocol,
  NewInternalPort: entry.internalPort,
  NewInternalClient: entry.client,
  NewEnabled: 1,
  NewPortMappingDescription: entry.description,
  NewLeaseDuration: entry.lease,
});

export const entryOf = (externalPort: number, more: Partial<Entry> = {}): Entry => ({
  externalPort,
  protocol: 'TCP',
  client: '192.168.1.10',
  internalPort: 443,
  description: 'web',
  lease: 0,
  ...more,
});
