import { privateFiles } from '../agent/private-file.ts';
import { loadToken } from '../agent/token.ts';
import { UserError } from '../model/error.ts';
import type { OutsideAgent } from './diagnose/options.ts';

interface Flags {
  readonly outside?: readonly string[];
  readonly outsideTokenFile?: string;
}

/** The outside agents asked for with `--outside`, each with the shared token. @throws UserError for a URL or token that can't be used */
export async function outsideAgents(flags: Flags): Promise<OutsideAgent[]> {
  const urls = flags.outside ?? [];
  if (urls.length === 0) {
    if (flags.outsideTokenFile !== undefined) {
      throw new UserError(
        '--outside-token-file was given without --outside; expected the agent to ask, as --outside http://HOST:4460.',
      );
    }
    return [];
  }
  for (const url of urls) checkUrl(url);
  const { token } = await loadToken(
    { file: flags.outsideTokenFile ?? null, env: process.env, createIfMissing: false },
    privateFiles,
  );
  return urls.map((url, index) => ({ url, token, label: `outside-${index + 1}` }));
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UserError(
      `--outside "${text}" is no URL; expected the agent's, such as http://vps.example.net:4460.`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw new UserError(
      `--outside "${url.host}" carries a password or a query; expected a plain URL: the token belongs in a file or in REACH4_AGENT_TOKEN.`,
    );
  }
}
