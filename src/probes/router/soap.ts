import type { Reason } from '../../model/evidence.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Control } from './description.ts';
import { childText, descendants, parseXml } from './xml.ts';

/** Bytes; an answer has about 800. */
const MAX_ANSWER = 16_384;
const ERROR_LENGTH = 80;

type SoapAnswer =
  /** Texts by argument name in lower case. */
  | { readonly kind: 'done'; readonly values: ReadonlyMap<string, string> }
  /** The router's own error code and text (UDA 1.1, 3.2.5). */
  | { readonly kind: 'fault'; readonly code: number; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: Reason };

/** Calls one action of a router's service. */
export async function callAction(
  { url, serviceType }: Control,
  action: string,
  args: Readonly<Record<string, string | number>>,
  ports: Ports,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<SoapAnswer> {
  const result = await ports.net.http(
    {
      url,
      method: 'POST',
      headers: {
        'content-type': 'text/xml; charset="utf-8"',
        soapaction: `"${serviceType}#${action}"`,
      },
      body: envelope(serviceType, action, args),
      timeoutMs,
      maxBytes: MAX_ANSWER,
    },
    signal,
  );
  if (!result.ok) return { kind: 'failed', reason: result.reason };
  return readSoapAnswer(result.status, result.body, action);
}

/** Reads an answer to an action; never throws. */
export function readSoapAnswer(status: number, body: string, action: string): SoapAnswer {
  const malformed = (detail: string): SoapAnswer => ({
    kind: 'failed',
    reason: { code: 'malformed', detail },
  });
  if (status !== 200 && status !== 500) return malformed(`status ${status}`);
  const root = parseXml(body);
  if (typeof root === 'string') return malformed(root);
  const [fault] = descendants(root, 'upnperror');
  if (fault !== undefined) {
    const code = childText(fault, 'errorcode') ?? '';
    if (!/^\d{1,5}$/u.test(code)) return malformed('an error without a code');
    return {
      kind: 'fault',
      code: Number(code),
      text: plainText(childText(fault, 'errordescription') ?? '', ERROR_LENGTH),
    };
  }
  const [done] = descendants(root, `${action}Response`.toLowerCase());
  if (status !== 200 || done === undefined) return malformed(`no answer to ${action}`);
  return { kind: 'done', values: new Map(done.children.map(({ name, text }) => [name, text])) };
}

function envelope(
  serviceType: string,
  action: string,
  args: Readonly<Record<string, string | number>>,
): string {
  const inner = Object.entries(args).map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`);
  return [
    '<?xml version="1.0"?>',
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>',
    `<u:${action} xmlns:u="${escaped(serviceType)}">${inner.join('')}</u:${action}>`,
    '</s:Body></s:Envelope>',
  ].join('');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/gu, (each) => ESCAPES[each] ?? '');
