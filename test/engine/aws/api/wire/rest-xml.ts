import { XmlCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../errors.ts';
import type { Operation } from './operation.ts';
import { xml } from './query.ts';
import type { HttpRequest, Wire } from './wire.ts';
import { escaped, tag, xmlMembers } from './xml.ts';

const DATE_TIME = 5;

interface RestXmlOptions {
  xmlns: string;
  /** The service's code for a body that isn't XML of its kind. */
  malformed: string;
}

/** REST with XML, as far as Route 53 and CloudFront have it: method, path and query tell the operation. */
export function restXmlWire({ xmlns, malformed }: RestXmlOptions): Wire {
  const attributes = ` xmlns="${xmlns}"`;
  const codec = new XmlCodec({
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: true,
    xmlNamespace: xmlns,
    serviceNamespace: '',
  });
  const body = async (text: string, shape: NormalizedSchema): Promise<object> => {
    try {
      return (await codec.createDeserializer().read(shape, Buffer.from(text))) as object;
    } catch {
      throw new AwsError(malformed, 'Unexpected complex element termination');
    }
  };
  return {
    find: (request, operations) => {
      const found = [...operations.values()].find((operation) => labels(request, operation) !== undefined);
      return found ?? `${request.method} ${request.path}`;
    },
    read: async (request, { http, input }) => {
      const inPath = labels(request, { http }) ?? {};
      const members = [...input.structIterator()];
      const payload = members.find(([, member]) => member.getMergedTraits().httpPayload !== undefined);
      const result: Record<string, unknown> =
        request.body === '' || payload !== undefined ? {} : { ...(await body(request.body, input)) };
      if (payload !== undefined && request.body !== '') {
        result[payload[0]] = await body(request.body, payload[1]);
      }
      for (const [name, member] of members) {
        const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits();
        if (httpLabel !== undefined) {
          result[name] = inPath[name];
        }
        const inQuery = httpQuery === undefined ? null : request.query.get(httpQuery);
        const inHeader = httpHeader === undefined ? null : request.headers[httpHeader.toLowerCase()];
        const text = inQuery ?? (typeof inHeader === 'string' ? inHeader : null);
        if (text !== null) {
          result[name] = member.isNumericSchema() ? Number(text) : text;
        }
      }
      return result;
    },
    answer: ({ http, output }, given) => {
      const status = typeof http[2] === 'number' ? http[2] : 200;
      if (output.isUnitSchema()) {
        return { status, headers: {}, body: '' };
      }
      const members = [...output.structIterator()];
      const payload = members.find(([, member]) => member.getMergedTraits().httpPayload !== undefined);
      const value = given as Record<string, unknown>;
      const [shape, content, name] =
        payload === undefined
          ? [output, given, output.getName()]
          : [payload[1], value[payload[0]] as object, payload[1].getName()];
      const answer = xml(status, tag(name ?? '', xmlMembers(shape, content), attributes));
      const headers = members.flatMap(([member, memberShape]) => {
        const header = memberShape.getMergedTraits().httpHeader;
        return header === undefined || value[member] === undefined ? [] : [[header, String(value[member])]];
      });
      return { ...answer, headers: { ...answer.headers, ...Object.fromEntries(headers) } };
    },
    refuse: ({ code, message, status }, requestId) =>
      xml(
        status,
        tag(
          'ErrorResponse',
          tag('Error', tag('Type', 'Sender') + tag('Code', code) + tag('Message', escaped(message))) +
            tag('RequestId', requestId),
          attributes,
        ),
      ),
  };
}

/** The values of `{Label}`s in the operation's path, or undefined if the request is for another operation. */
function labels(request: HttpRequest, { http }: Pick<Operation, 'http'>): Record<string, string> | undefined {
  const [method, uri] = http;
  const [template = '', query = ''] = String(uri).split('?');
  const asked = [...new URLSearchParams(query)].every(([name, value]) => request.query.get(name) === value);
  const pattern = template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = asked && method === request.method ? new RegExp(`^${pattern}/?$`).exec(request.path) : null;
  if (match === null) {
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}
