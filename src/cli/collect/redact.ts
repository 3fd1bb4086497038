import { randomBytes } from 'node:crypto';
import { type Evidence, evidenceSchema } from '../../model/evidence.ts';
import { type EvidenceFile, evidenceFileSchema } from '../../model/evidence-file.ts';
import { hostPort } from '../../model/target.ts';
import { ruleFor } from './redact/rules.ts';
import { StandIns } from './redact/stand-ins.ts';
import { walk } from './redact/walk.ts';

/** Bytes: as many as HMAC-SHA256 puts out. */
const KEY_BYTES = 32;
/** Digits of a piece's place in the file, so that the places sort as texts. */
const PLACE_DIGITS = 4;

/**
 * The file with stand-ins for all addresses, names and texts, from which the same verdicts follow. The key is thrown away:
 * nobody can undo it, and no other file has the same stand-ins.
 */
export function redacted(file: EvidenceFile, key: Uint8Array = randomBytes(KEY_BYTES)): EvidenceFile {
  const by = new StandIns(key);
  const { target } = file;
  const host = by.host(target.host);
  const name = target.hostKind === 'name' ? target.host : null;
  const ids = places(file.evidence);
  const evidence = file.evidence.map((item): Evidence => {
    const rule = ruleFor(item.probe, name, by);
    const standIn = (text: string, path: string, schema: Parameters<typeof rule>[2]): string | undefined =>
      path === 'id' ? ids.get(text) : rule(text, path, schema);
    return evidenceSchema.parse(
      walk(evidenceSchema, item, standIn, (text) => [by.token(text), by.hash(text)]),
    );
  });
  return evidenceFileSchema.parse({
    ...file,
    target: { ...target, host, input: `${target.protocol}://${hostPort(host, target.port)}`, path: '/' },
    redacted: true,
    evidence,
  });
}

/** Observers that reach4 names itself, and whoever else an id may name. */
const LABEL = /^(?:here|(?:server|lan|outside|unknown)-\d{1,4})$/u;

/** Ids that tell probe and observer, and sort as they did: what was seen of whom is in the facts. */
function places(evidence: readonly Evidence[]): Map<string, string> {
  const sorted = evidence
    .map(({ id, probe }) => ({ id, probe }))
    .toSorted((one, other) => one.id.localeCompare(other.id, 'en'));
  const strangers = [...new Set(sorted.map(({ id }) => observer(id)).filter((label) => !LABEL.test(label)))];
  const counts = new Map<string, number>();
  return new Map(
    sorted.map(({ id, probe }) => {
      const label = LABEL.test(observer(id)) ? observer(id) : `outside-9${strangers.indexOf(observer(id))}`;
      const start = `${probe}:${label}`;
      const count = (counts.get(start) ?? 0) + 1;
      counts.set(start, count);
      const [, , family = ''] = id.split(':');
      const kept = probe === 'whoami' && /^ipv[46]$/u.test(family) ? `${family}:` : '';
      return [id, `${start}:${kept}${String(count).padStart(PLACE_DIGITS, '0')}`];
    }),
  );
}

const observer = (id: string): string => id.split(':')[1] ?? '';
