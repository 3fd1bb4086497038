import type { Seen } from '../evidence.ts';
import type { System } from '../facts/host.ts';
import type { Case } from './case.ts';
import { onServer } from './home.ts';

const ownSystem = (the: Case): Seen<'system'>['facts'] | null => onServer(the, 'system')[0]?.facts ?? null;

/** The server's system; Linux where nobody looked, as most servers run it. */
export const systemOf = (the: Case): System => ownSystem(the)?.system ?? 'linux';
