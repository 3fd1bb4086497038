import { z } from 'zod';
import type { Reason } from '../../model/evidence.ts';
import { parseJson } from '../../model/json.ts';
import { plainText } from '../../ports/plain-text.ts';
import { SECTIONS, type SectionFacts, type SectionName } from './sections.ts';

/** Characters kept of a complaint; it is in the system's language. */
const DETAIL_LENGTH = 120;

type Section<N extends SectionName> = { readonly facts: SectionFacts<N> } | { readonly reason: Reason };

/** What the script printed. */
export interface WindowsReading {
  /** It began: PowerShell is there and runs the script. */
  readonly began: boolean;
  /** It came to its end: what is missing was not cut off. */
  readonly complete: boolean;
  section<N extends SectionName>(name: N): Section<N>;
}

const lineSchema = z.object({
  reach4: z.literal(1),
  section: z.string().max(64),
  facts: z.unknown().optional(),
  error: z
    .object({
      message: z.string(),
      id: z.string(),
      category: z.string(),
      code: z.int().nullable(),
    })
    .optional(),
});
type Line = z.infer<typeof lineSchema>;

/** E_ACCESSDENIED. */
const ACCESS_DENIED = -2_147_024_891;

/**
 * Reads what WINDOWS_SCRIPT printed; lines of others in between are passed over.
 * @param missing why a section isn't there, where nothing else tells: the time was up, or the text was cut off
 */
export function parseWindowsReading(
  text: string,
  missing: Reason = { code: 'malformed', detail: 'the output of PowerShell is cut off' },
): WindowsReading {
  const lines = new Map<string, Line>();
  // A redirection of Windows PowerShell writes UTF-16: the text itself is ASCII.
  for (const each of text.replace(/\0/gu, '').split(/\r?\n/u)) {
    const start = each.indexOf('{');
    const line = start === -1 ? undefined : lineSchema.safeParse(parseJson(each.slice(start))).data;
    if (line === undefined) continue;
    // Twice the same: two outputs in one file, and nobody knows which counts.
    lines.set(line.section, lines.has(line.section) ? { reach4: 1, section: line.section } : line);
  }
  const has = (name: string): boolean => lines.has(name);
  return {
    began: has('begin'),
    complete: has('begin') && has('end'),
    section: (name) => sectionOf(name, lines.get(name), missing),
  };
}

function sectionOf<N extends SectionName>(name: N, line: Line | undefined, missing: Reason): Section<N> {
  if (line === undefined) return { reason: missing };
  if (line.error !== undefined) return { reason: reasonOf(line.error) };
  const parsed = SECTIONS[name].safeParse(line.facts);
  if (!parsed.success) return { reason: { code: 'malformed', detail: `section ${name} of PowerShell` } };
  return { facts: parsed.data as SectionFacts<N> };
}

/** By what no language changes: the category and the id of the error, and its number. */
function reasonOf({ message, id, category, code }: NonNullable<Line['error']>): Reason {
  const detail = plainText(message, DETAIL_LENGTH) || plainText(id, DETAIL_LENGTH);
  if (category === 'PermissionDenied' || code === ACCESS_DENIED || /System Error 5\b|0x80070005/iu.test(id)) {
    return { code: 'no-privilege', detail };
  }
  if (id.startsWith('CommandNotFoundException')) return { code: 'no-tool', detail };
  return { code: 'unsupported', detail };
}
