import { UserError } from '../model/error.ts';
import { plainText } from '../ports/plain-text.ts';

/** Characters of a refused URL that are shown. */
const SHOWN_LENGTH = 100;

/**
 * The agent's address as a user gives it (`--outside`): http or https, perhaps with a path where a proxy puts the agent
 * under one. The result ends without a slash.
 *
 * @throws UserError for anything else. What may hold a secret isn't repeated.
 */
export function parseAgentUrl(text: string): string {
  const fail = (shown: string, what: string): never => {
    const example = 'http://vps.example.net:4460';
    throw new UserError(`${shown} isn't an agent's URL: ${what}; expected one such as ${example}.`);
  };
  const elsewhere = 'the token belongs in a file or in REACH4_AGENT_TOKEN';
  if (text.includes('@')) fail('The URL', `it carries a user name or password; ${elsewhere}`);
  if (/[?#]/u.test(text)) fail('The URL', `it carries a query; ${elsewhere}`);
  const quoted = `"${plainText(text, SHOWN_LENGTH)}"`;
  const url = URL.canParse(text) ? new URL(text) : fail(quoted, "it can't be read");
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  if (!web) fail(quoted, 'it begins with neither http:// nor https://');
  return `${url.origin}${url.pathname}`.replace(/\/+$/u, '');
}
