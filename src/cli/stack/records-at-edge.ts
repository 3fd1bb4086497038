import { edgeProvider } from '../../model/view/proxies.ts';
import { line, type StatusLine } from '../status/status.ts';
import type { StackContext } from './context.ts';
import { resolved } from './relay/looks.ts';

const TYPES = ['A', 'AAAA'] as const;

/** What a name has now, by this machine's resolvers; null where none of them answers. */
interface RecordNow {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  readonly now: readonly string[] | null;
}

/** Looks over both families. */
export const recordsNow = (name: string, context: StackContext): Promise<RecordNow[]> =>
  Promise.all(TYPES.map(async (type) => ({ name, type, now: await resolved(name, type, context) })));

/** A proxied name answers with addresses of Cloudflare's edge. */
export const isAtEdge = ({ now }: RecordNow): boolean =>
  now !== null && now.length > 0 && now.every((address) => edgeProvider(address, []) === 'Cloudflare');

/** Whether a name leads to Cloudflare. @param notYet what is said as long as it needn't; null where it has to */
export function edgeLine(record: RecordNow, notYet: string | null): StatusLine {
  const { name, type, now } = record;
  if (now === null) return line('unknown', `${name} ${type}: no resolver of this machine answers`);
  const said = `${name} ${type} ${now.length === 0 ? 'none' : now.join(', ')}`;
  if (notYet !== null) return line('note', `${said}; ${notYet}`);
  return isAtEdge(record)
    ? line('fine', `${said} (Cloudflare)`)
    : line('wrong', `${said}; it should be Cloudflare's, and caches may keep an older answer`);
}
