import { loadToken } from '../agent/token.ts';
import { parseAgentUrl } from '../agent/url.ts';
import { UserError } from '../model/error.ts';
import type { OutsideAgent } from '../outside/agent.ts';
import { privateFiles } from '../ports/node/private-file.ts';
import { homeOfCaller } from '../ports/node/sudo.ts';

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
  for (const url of urls) parseAgentUrl(url);
  const { token } = await loadToken(
    {
      file: flags.outsideTokenFile ?? null,
      env: process.env,
      createIfMissing: false,
      callersHome: await homeOfCaller(),
    },
    privateFiles,
  );
  return urls.map((url, index) => ({ url, token, label: `outside-${index + 1}` }));
}
