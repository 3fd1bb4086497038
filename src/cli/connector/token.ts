import { tunnelToken } from '../../cloud/cloudflare/tunnel-token.ts';
import { tunnelOfToken } from '../../connector/token.ts';
import { UserError } from '../../model/error.ts';
import { shellQuoted } from '../../model/shell.ts';
import { plainText } from '../../ports/plain-text.ts';
import { fileError } from '../file-error.ts';
import { cloudflareWorld } from '../stack/cloudflare-world.ts';
import type { ConnectorContext } from './context.ts';

/** Which tunnel is meant. */
export interface TunnelChoice {
  /** `--stack`; without it, the one that was planned last. */
  readonly stack: string | null;
  /** `--token-file`: a file, or `-` for standard input; null for the stack's tunnel. */
  readonly tokenFile: string | null;
}

/** A tunnel and its token. The token goes only to a connector. */
export interface TunnelWithToken {
  readonly tunnelId: string;
  readonly token: string;
  /** The name that visitors type; null where only a token is there. */
  readonly hostname: string | null;
}

/** @throws UserError where there is none, or it can't be had. The sentence never holds the token. */
export async function tunnelWithToken(
  choice: TunnelChoice,
  context: ConnectorContext,
): Promise<TunnelWithToken> {
  if (choice.tokenFile !== null) {
    const text = await given(choice.tokenFile, context);
    const token = text.trim();
    const tunnel = tunnelOfToken(token);
    if (tunnel === null) {
      throw new UserError(
        `What ${whereOf(choice.tokenFile)} holds is no token of a tunnel (${token.length} characters); expected the one line that \`reach4 connector token FILE\` or Cloudflare's dashboard gives, which begins with "eyJ".`,
      );
    }
    return { tunnelId: tunnel.tunnelId, token, hostname: null };
  }
  // Loaded here: a server that only has a token needs no engine.
  const { tunnelOfStack } = await import('./tunnel-of-stack.ts');
  const { accountId, tunnelId, hostname } = await tunnelOfStack(choice, context);
  const token = await tunnelToken({ accountId, tunnelId }, cloudflareWorld(context), context.signal);
  if (tunnelOfToken(token)?.tunnelId !== tunnelId.toLowerCase()) {
    throw new UserError(
      `What Cloudflare gave as the token of the tunnel ${tunnelId} is for no such tunnel; nothing was changed; check CLOUDFLARE_BASE_URL.`,
    );
  }
  return { tunnelId: tunnelId.toLowerCase(), token, hostname };
}

/** Which tunnel is meant, without its token. @throws UserError where there is none */
export async function chosenTunnel(choice: TunnelChoice, context: ConnectorContext): Promise<string> {
  if (choice.tokenFile !== null) return (await tunnelWithToken(choice, context)).tunnelId;
  const { tunnelOfStack } = await import('./tunnel-of-stack.ts');
  return (await tunnelOfStack(choice, context)).tunnelId.toLowerCase();
}

const whereOf = (file: string): string => (file === '-' ? 'standard input' : `the token file ${file}`);

async function given(file: string, { privateFiles, readInput }: ConnectorContext): Promise<string> {
  if (file === '-') return readInput();
  const found = await privateFiles.read(file).catch((error: unknown) => {
    throw new UserError(`The token file ${file} can't be read: ${plainText(fileError(error), 200)}.`, {
      cause: error,
    });
  });
  if (found === null) {
    throw new UserError(`There is no token file ${file}; expected one with the tunnel's token alone.`);
  }
  if (found.exposed) {
    throw new UserError(
      `The token file ${file} can be read or changed by others; make it yours alone (chmod 600 ${shellQuoted(file)}).`,
    );
  }
  return found.text;
}
