import { join } from 'node:path';
import { UserError } from '../model/error.ts';
import { agentVantage } from '../outside/agent.ts';
import { GLOBALPING_PLACES, globalpingVantage } from '../outside/globalping.ts';
import { parseDestination } from '../outside/ssh/destination.ts';
import { sshVantage } from '../outside/ssh.ts';
import type { OutsideVantage } from '../outside/vantage.ts';
import { type PrivateFiles, privateFiles } from '../ports/node/private-file.ts';
import { outsideAgents } from './outside.ts';
import { configFolder } from './places.ts';

interface Flags {
  readonly outside?: readonly string[];
  readonly outsideTokenFile?: string;
}

const NONE = 'none';
const GLOBALPING = 'globalping';
const isSsh = (text: string): boolean => text.startsWith('ssh:');

/** The variable that holds the token of a Globalping account, which allows more tests an hour. */
const TOKEN_VARIABLE = 'REACH4_GLOBALPING_TOKEN';
/** Beside other settings, for whoever doesn't want it in the environment. */
const tokenFile = (): string => join(configFolder(), 'globalping-token');

/** Nobody was named, so that whoever looks by default may; `--outside none` names nobody, on purpose. */
export const namesNobody = ({ outside }: Flags): boolean => outside === undefined || outside.length === 0;

/**
 * The places that `--outside` names, each with labels of its own, in the order given.
 * @throws UserError for what is no place, and for a token that can't be used
 */
export async function outsideVantages(flags: Flags): Promise<OutsideVantage[]> {
  const named = flags.outside ?? [];
  if (named.includes(NONE)) {
    if (named.length === 1 && flags.outsideTokenFile === undefined) return [];
    throw new UserError(
      '--outside none was given with other flags of --outside; expected it alone, or not at all.',
    );
  }
  if (named.filter((each) => each === GLOBALPING).length > 1) {
    throw new UserError(
      '--outside globalping was given twice; expected it once: it looks from two places already.',
    );
  }
  const urls = named.filter((each) => each !== GLOBALPING && !isSsh(each));
  const destinations = new Map(named.filter(isSsh).map((each) => [each, parseDestination(each)]));
  const agents = await outsideAgents({ ...flags, outside: urls });
  const vantages: OutsideVantage[] = [];
  let count = 0;
  const label = (): string => {
    count += 1;
    return `outside-${count}`;
  };
  for (const each of named) {
    const destination = destinations.get(each);
    const agent = agents[urls.indexOf(each)];
    if (each === GLOBALPING) vantages.push(await globalping(label));
    else if (destination !== undefined) vantages.push(sshVantage({ destination, label: label() }));
    else if (agent !== undefined) vantages.push(agentVantage({ ...agent, label: label() }));
  }
  return vantages;
}

/** @param label gives the next free one */
export async function globalping(label: () => string): Promise<OutsideVantage> {
  const token = await globalpingToken(process.env, privateFiles);
  const [first, ...others] = Array.from({ length: GLOBALPING_PLACES }, label);
  return globalpingVantage({ labels: [first ?? label(), ...others], token });
}

/** What a token is made of (RFC 6750, section 2.1), so that it fits into a header. */
const TOKEN = /^[\w.~+/=-]{8,512}$/u;

/** @throws UserError, which never holds the token */
async function globalpingToken(
  env: Readonly<Record<string, string | undefined>>,
  files: Pick<PrivateFiles, 'read'>,
): Promise<string | null> {
  const given = env[TOKEN_VARIABLE]?.trim() ?? '';
  if (given !== '') return valid(given, `the variable ${TOKEN_VARIABLE}`);
  const file = tokenFile();
  const found = await files.read(file).catch(() => null);
  if (found === null) return null;
  if (found.exposed) {
    throw new UserError(
      `The token file ${file} can be read by others; expected it to be yours alone (chmod 600).`,
    );
  }
  return valid(found.text.trim(), file);
}

function valid(token: string, where: string): string {
  if (TOKEN.test(token)) return token;
  throw new UserError(
    `The Globalping token in ${where} isn't one; expected the text that its dashboard shows.`,
  );
}
