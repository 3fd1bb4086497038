import { parseAddress } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';
import { readPort } from '../../model/port.ts';
import { isHostName } from '../../model/target.ts';
import { plainText } from '../../ports/plain-text.ts';

/** A machine as `ssh` is told of it. Nothing in it begins with a hyphen. */
export interface Destination {
  /** A host name, an address, or a name from the user's own configuration (ssh_config(5), Host). */
  readonly host: string;
  /** Null leaves it to the user's configuration. */
  readonly user: string | null;
  readonly port: number | null;
}

/** Characters of a refused text that are shown. */
const SHOWN_LENGTH = 100;
/** Of names in the user's configuration, and of users: what no shell and no option parser takes for anything else. */
const WORD = /^[A-Za-z0-9_][\w.-]{0,252}$/u;
const USER = /^[A-Za-z_][\w.-]{0,63}$/u;

/**
 * Reads `ssh://[user@]host[:port]` or `ssh:ALIAS`.
 * @throws UserError for anything else, above all for what `ssh` would read as an option (CVE-2017-1000117)
 */
export function parseDestination(text: string): Destination {
  const fail = (what: string, shown = `"${plainText(text, SHOWN_LENGTH)}"`): never => {
    throw new UserError(
      `--outside ${shown} can't be logged in to: ${what}; expected ssh://user@host:port, or ssh:NAME as in your ssh configuration.`,
    );
  };
  if (!text.startsWith('ssh://')) {
    const host = text.slice('ssh:'.length);
    return WORD.test(host) ? { host, user: null, port: null } : fail("the name isn't a plain word");
  }
  const [, login, six, name, portText] =
    /^ssh:\/\/(?:([^@/]*)@)?(?:\[([^\]/]*)\]|([^:@/[\]]*))(?::([^/]*))?\/?$/u.exec(text) ?? [];
  if (login?.includes(':') === true) fail('it carries a password, and ssh asks for none here', 'the address');
  const given = six ?? name;
  if (given === undefined) return fail("it can't be read");
  const host = six === undefined ? readHost(given) : parseAddress(given);
  if (host === null) return fail("the host isn't a host name or an address");
  if (login !== undefined && !USER.test(login)) fail("the user isn't a plain name");
  const port = portText === undefined ? null : readPort(portText);
  if (port === null && portText !== undefined) fail("the port isn't a number from 1 to 65535");
  return { host, user: login ?? null, port };
}

const readHost = (text: string): string | null =>
  parseAddress(text) ?? (isHostName(text.toLowerCase()) && WORD.test(text) ? text : null);

/** As a person would type it, for progress lines and sentences. */
export const shownDestination = ({ host, user }: Destination): string =>
  user === null ? host : `${user}@${host}`;
