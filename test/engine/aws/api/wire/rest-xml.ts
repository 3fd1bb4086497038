import { XmlCodec } from '@aws-sdk/core/protocols';
import { AwsError } from '../errors.ts';
import type { Operation } from './operation.ts';
import { xml } from './query.ts';
import type { HttpRequest, Wire } from './wire.ts';
import { escaped, tag, xmlMembers } from './xml.ts';

const XMLNS = 'https://route53.amazonaws.com/doc/2013-04-01/';
const ATTRIBUTES = ` xmlns="${XMLNS}"`;
const DATE_TIME = 5;
const codec = new XmlCodec({
  timestampFormat: { useTrait: true, default: DATE_TIME },
  httpBindings: true,
  xmlNamespace: XMLNS,
  serviceNamespace: 'com.amazonaws.route53',
});

/** REST with XML, as far as Route 53 has it: method and path tell the operation. */
export const restXmlWire: Wire = {
  find: (request, operations) => {
    const found = [...operations.values()].find((operation) => labels(request, operation) !== undefined);
    return found ?? `${request.method} ${request.path}`;
  },
  read: async (request, operation) => {
    const inPath = labels(request, operation) ?? {};
    const result: Record<string, unknown> =
      request.body === '' ? {} : { ...(await body(request.body, operation)) };
    for (const [name, member] of operation.input.structIterator()) {
      const { httpLabel, httpQuery } = member.getMergedTraits();
      if (httpLabel !== undefined) {
        result[name] = inPath[name];
      }
      const text = httpQuery === undefined ? null : request.query.get(httpQuery);
      if (text !== null) {
        result[name] = member.isNumericSchema() ? Number(text) : text;
      }
    }
    return result;
  },
  answer: (operation, output) =>
    xml(200, tag(operation.output.getName() ?? '', xmlMembers(operation.output, output), ATTRIBUTES)),
  refuse: ({ code, message, status }, requestId) =>
    xml(
      status,
      tag(
        'ErrorResponse',
        tag('Error', tag('Type', 'Sender') + tag('Code', code) + tag('Message', escaped(message))) +
          tag('RequestId', requestId),
        ATTRIBUTES,
      ),
    ),
};

/** The values of `{Label}`s in the operation's path, or undefined if the request is for another operation. */
function labels(request: HttpRequest, operation: Operation): Record<string, string> | undefined {
  const [method, uri] = operation.http;
  const [template = ''] = String(uri).split('?');
  const pattern = template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = method === request.method ? new RegExp(`^${pattern}/?$`).exec(request.path) : null;
  if (match === null) {
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

async function body(text: string, operation: Operation): Promise<object> {
  try {
    return (await codec.createDeserializer().read(operation.input, Buffer.from(text))) as object;
  } catch {
    throw new AwsError('MalformedInput', 'Unexpected complex element termination');
  }
}
