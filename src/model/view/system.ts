import { type Evidence, isHere, seen } from '../evidence.ts';
import type { System } from '../facts/host.ts';
import type { Case } from './case.ts';

/** The server's system; Linux where nobody looked, as most servers run it. */
export const systemOf = ({ evidence }: Pick<Case, 'evidence'>): System =>
  seen(evidence, 'system').find(({ vantage }) => vantage === 'server')?.facts.system ?? 'linux';

/** The system of the machine that made a piece of evidence; Linux where it doesn't say, as most agents run it. */
export const systemBehind = ({ evidence }: Pick<Case, 'evidence'>, { id }: Pick<Evidence, 'id'>): System =>
  seen(evidence, 'system').find((item) => placeOf(item) === placeOf({ id }))?.facts.system ?? 'linux';

const placeOf = ({ id }: Pick<Evidence, 'id'>): string | undefined => id.split(':')[1];

/** The system of the machine that this runs on, at which its reader sits; the server's where nobody looked. */
export const systemHere = ({ evidence, vantage }: Pick<Case, 'evidence' | 'vantage'>): System =>
  seen(evidence, 'system').find((item) => isHere(item) && item.vantage === vantage)?.facts.system ??
  systemOf({ evidence });
