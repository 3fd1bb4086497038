import { UserError } from '../../model/error.ts';

/** The public API (Cloudflare's API documentation). */
const PUBLIC_API = 'https://api.cloudflare.com/client/v4';

/** What the provider takes for a token, so that both accept the same (terraform-provider-cloudflare, provider schema). */
const TOKEN = /^[0-9A-Za-z\-_]{40,80}$/u;

/** Where the API is and who asks. The token is only ever sent, never printed or stored. */
export interface CloudflareSettings {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly token: string;
}

/** Reads CLOUDFLARE_API_TOKEN and CLOUDFLARE_BASE_URL. @throws UserError where one can't be used */
export function cloudflareSettings(env: Readonly<Record<string, string | undefined>>): CloudflareSettings {
  return { baseUrl: readBaseUrl(env.CLOUDFLARE_BASE_URL), token: readToken(env.CLOUDFLARE_API_TOKEN) };
}

function readToken(given: string | undefined): string {
  const token = given?.trim() ?? '';
  if (token === '') {
    throw new UserError(
      'CLOUDFLARE_API_TOKEN is not set; expected an API token with the rights Zone:Read and DNS:Edit in the environment (make one at https://dash.cloudflare.com/profile/api-tokens, template "Edit zone DNS").',
    );
  }
  if (token !== given || !TOKEN.test(token)) {
    const hint = /^[0-9a-f]{37}$/u.test(token)
      ? ' This looks like the global API key, which reach4 does not take.'
      : '';
    throw new UserError(
      `CLOUDFLARE_API_TOKEN is no API token (${given?.length ?? 0} characters); expected 40 to 80 letters, digits, "-" or "_", without spaces or quotes around them.${hint}`,
    );
  }
  return token;
}

/** Used as it is, paths are added to it: as the provider does (cloudflare-go, `option.WithBaseURL`). */
function readBaseUrl(given: string | undefined): string {
  const text = given?.trim() ?? '';
  if (text === '') return PUBLIC_API;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.search !== ''
  ) {
    throw new UserError(
      `CLOUDFLARE_BASE_URL "${text}" is no URL of an API; expected one such as ${PUBLIC_API}, or unset it.`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/u, '');
}
