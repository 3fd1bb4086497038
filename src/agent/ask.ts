import { randomBytes } from 'node:crypto';
import type { Reason } from '../model/evidence.ts';
import { parseJson } from '../model/json.ts';
import { plainText } from '../ports/plain-text.ts';
import type { HttpResult, Net } from '../ports/ports.ts';
import { ANSWER_BYTES, CHALLENGE_WAIT_MS, LOOK_MARGIN_MS, LOOK_MS, SMALL_ANSWER_BYTES } from './limits.ts';
import { deriveKeys, macOfAnswer, macOfRequest, sameMac } from './mac.ts';
import {
  CHALLENGE_PATH,
  challengeSchema,
  HEADER,
  LOOK_PATH,
  type LookAnswer,
  type LookRequest,
  lookAnswerSchema,
  PROTOCOL,
  refusalSchema,
} from './protocol.ts';

/** Random bytes of the client's nonce: no answer fits two requests. */
const NONCE_BYTES = 24;

/** Characters kept of what an agent, or whoever answers in its place, says. */
const SENTENCE_LENGTH = 300;

export type Asked =
  | { readonly ok: true; readonly answer: LookAnswer }
  | { readonly ok: false; readonly reason: Reason };

const no = (code: Reason['code'], detail: string): Asked => ({ ok: false, reason: { code, detail } });

/**
 * Asks an agent for a look. Never throws for what the network or the agent does.
 *
 * @param base as parseAgentUrl returns it
 */
export async function ask(
  base: string,
  token: string,
  request: LookRequest,
  net: Net,
  signal: AbortSignal,
): Promise<Asked> {
  const post = (
    path: string,
    headers: Record<string, string>,
    body: string,
    timeoutMs: number,
    maxBytes: number,
  ) =>
    net.http(
      {
        url: `${base}${path}`,
        method: 'POST',
        headers: { 'content-type': 'application/json', [HEADER.protocol]: String(PROTOCOL), ...headers },
        body,
        timeoutMs,
        maxBytes,
      },
      signal,
    );

  const first = await post(CHALLENGE_PATH, {}, '{}', CHALLENGE_WAIT_MS, SMALL_ANSWER_BYTES);
  if (!first.ok) return unasked(base, first.reason);
  if (first.status !== 200) return refusal(base, first);
  const challenged = challengeSchema.safeParse(parseJson(first.body));
  if (!challenged.success) return noChallenge(base, first.body);

  const keys = deriveKeys(token);
  const { challenge } = challenged.data;
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const body = JSON.stringify(request);
  const proof = macOfRequest(keys, { path: LOOK_PATH, challenge, nonce, body });
  const headers = { [HEADER.challenge]: challenge, [HEADER.nonce]: nonce, [HEADER.mac]: proof };
  const second = await post(LOOK_PATH, headers, body, LOOK_MS + LOOK_MARGIN_MS, ANSWER_BYTES);
  if (!second.ok) return unasked(base, second.reason);
  if (second.status !== 200) return refusal(base, second);

  const given = second.headers[HEADER.mac];
  const expected = macOfAnswer(keys, { path: LOOK_PATH, challenge, nonce, body: second.body });
  if (typeof given !== 'string' || !sameMac(given, expected)) {
    return no(
      'malformed',
      `The answer from ${base} isn't signed by an agent that has the token, or was changed on the way.`,
    );
  }
  // Only now: nothing that a stranger could have sent is read as an answer.
  const answer = lookAnswerSchema.safeParse(parseJson(second.body));
  if (answer.success) return { ok: true, answer: answer.data };
  return no('malformed', `The answer of the agent at ${base} isn't one of protocol ${PROTOCOL}.`);
}

/** The reasons say how asking the agent ended, not how the look did: the detail keeps the two apart. */
function unasked(base: string, { code, detail }: Reason): Asked {
  if (code === 'interrupted') return { ok: false, reason: { code } };
  const why = detail === undefined ? '' : `: ${detail}`;
  // A refused connection is no refusal of the agent's.
  return no(
    code === 'refused' ? 'unreachable' : code,
    plainText(`The agent at ${base} can't be asked${why}.`, SENTENCE_LENGTH),
  );
}

function noChallenge(base: string, body: string): Asked {
  const data = parseJson(body);
  const other =
    typeof data === 'object' && data !== null && 'protocol' in data && typeof data.protocol === 'number';
  if (!other) return no('malformed', `No reach4 agent answers at ${base}.`);
  const same = data.protocol === PROTOCOL;
  if (same) return no('malformed', `The agent at ${base} gives a challenge that can't be read.`);
  return no(
    'unsupported',
    `The agent at ${base} speaks protocol ${data.protocol}, not ${PROTOCOL}: use the same version of reach4 on both.`,
  );
}

/** Any answer but 200. Unsigned, so anyone on the way may have sent it; it only ever says why there is nothing to see. */
function refusal(base: string, { status, headers, body }: HttpResult & { ok: true }): Asked {
  const parsed = refusalSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const code = status === 502 || status === 503 || status === 504 ? 'unreachable' : 'malformed';
    return no(code, `No reach4 agent answers at ${base} (HTTP ${status}).`);
  }
  const wait = headers['retry-after'];
  const later = typeof wait === 'string' && /^\d{1,5}$/u.test(wait) ? ` Ask again in ${wait} s.` : '';
  return no(
    REFUSAL_CODES[parsed.data.error],
    `The agent at ${base} refuses: ${plainText(parsed.data.sentence, SENTENCE_LENGTH)}${later}`,
  );
}

const REFUSAL_CODES: Readonly<Record<ReturnType<typeof refusalSchema.parse>['error'], Reason['code']>> = {
  version: 'unsupported',
  unauthorised: 'unauthorised',
  malformed: 'malformed',
  'too-large': 'too-large',
  'too-many': 'refused',
  'not-found': 'unsupported',
  bug: 'malformed',
};
