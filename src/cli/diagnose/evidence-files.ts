import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { isWithinBounds, withoutControls } from '../../agent/checked.ts';
import { decodeText, isTranscript } from '../../collect/transcript.ts';
import { DIAGNOSIS_SCHEMA_ID } from '../../model/diagnosis.ts';
import { UserError } from '../../model/error.ts';
import { type Evidence, evidenceSchema, seen, type Vantage, vantageSchema } from '../../model/evidence.ts';
import { evidenceFileSchema, MAX_PIECES } from '../../model/evidence-file.ts';
import { parseJson } from '../../model/json.ts';
import { hostPort, isOfInput, type Target, targetSchema, transportOf } from '../../model/target.ts';
import { observerOf } from '../../model/view/at-home.ts';
import { reachSeen } from '../../model/view/reach-seen.ts';
import { readTranscript } from '../collect/transcript.ts';
import { fileError } from '../file-error.ts';

/** Largest file, bytes: a diagnosis with everything in it has well under one MiB. */
export const MAX_BYTES = 8 * 1024 * 1024;
/** Longest list in a piece: the probes of a machine's own keep up to 256 addresses, sockets and interfaces. */
const MAX_LIST = 256;

/** Machines and agents that have a part in one file; each is compared with each. */
const MAX_OBSERVERS = 64;

const evidenceList = z.array(evidenceSchema).max(MAX_PIECES);
/** Of a diagnosis only what was seen counts: it is judged anew. */
const diagnosisPart = z.object({
  schema: z.literal(DIAGNOSIS_SCHEMA_ID),
  target: targetSchema,
  vantage: vantageSchema,
  complete: z.boolean().default(true),
  evidence: evidenceList,
});
const filePart = z.discriminatedUnion('schema', [diagnosisPart, evidenceFileSchema]);

/** What one file holds. */
export interface FromFile {
  readonly path: string;
  /** Null where the file doesn't say: a list of evidence alone. */
  readonly target: Target | null;
  readonly vantage: Vantage;
  readonly complete: boolean;
  readonly redacted: boolean;
  readonly evidence: Evidence[];
}

/**
 * Evidence that was collected elsewhere, fit to be judged with what is seen here: it has observers of its own, so that
 * nothing of it counts as seen from here.
 * @param taken names of observers that are in use already
 * @throws UserError
 */
export async function readEvidenceFiles(
  paths: readonly string[],
  target: Target,
  taken: readonly string[],
): Promise<Evidence[]> {
  const labels = new Set(['here', ...taken]);
  const all: Evidence[] = [];
  for (const path of paths) {
    all.push(...relabelled(await readEvidence(path, target), labels));
  }
  return all;
}

/**
 * One file, whichever form it has: JSON of reach4's own, or what a script printed on a machine without it.
 * @param target what it has to be about; null where the file says that itself
 * @throws UserError
 */
export async function readEvidence(path: string, target: Target | null): Promise<FromFile> {
  const text = await readBounded(path);
  if (!isTranscript(text)) return parseEvidence(text, path, target);
  return { ...(await readTranscript(text, `--evidence ${path}`, target)), path, redacted: false };
}

/** Read as a stream, so that a pipe will do, and a file without end ends. @throws UserError */
export async function readBounded(
  path: string,
  flag = '--evidence',
  wanted = 'what `reach4 collect` or `reach4 diagnose --json` wrote',
): Promise<string> {
  const expected = `expected ${wanted}`;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(path)) {
      parts.push(part);
      size += part.length;
      if (size > MAX_BYTES) break;
    }
  } catch (error) {
    throw new UserError(`${flag} ${path} can't be read: ${fileError(error)}; ${expected}.`, {
      cause: error,
    });
  }
  if (size > MAX_BYTES) {
    throw new UserError(`${flag} ${path} is larger than ${MAX_BYTES / 1024 / 1024} MiB; ${expected}.`);
  }
  return decodeText(Buffer.concat(parts));
}

/** @param target what it has to be about; null where the file says that itself. @throws UserError */
export function parseEvidence(text: string, path: string, target: Target | null): FromFile {
  const asked = target?.input ?? 'TARGET';
  const fail = (what: string): never => {
    throw new UserError(
      `--evidence ${path} ${what}; expected what \`reach4 collect ${asked}\` or \`reach4 diagnose --json ${asked}\` wrote.`,
    );
  };
  const data = parseJson(text.replace(/^\uFEFF/u, ''));
  if (data === undefined) return fail('is no JSON, or was cut off');
  const parsed = Array.isArray(data) ? evidenceList.safeParse(data) : filePart.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : ` (at ${issue.path.join('.') || 'the top'})`;
    return fail(`is no diagnosis of this version of reach4, and no evidence of one${where}`);
  }
  const whole = Array.isArray(parsed.data) ? null : parsed.data;
  const evidence = withoutControls(Array.isArray(parsed.data) ? parsed.data : parsed.data.evidence);
  if (!evidence.every((item) => isWithinBounds(item, MAX_LIST)))
    return fail('holds longer texts or lists than a probe makes');
  if (new Set(evidence.map(({ id }) => id)).size < evidence.length)
    return fail('has two pieces of evidence with one id');
  if (new Set(evidence.map(({ id }) => observerOf(id))).size > MAX_OBSERVERS)
    return fail('has more observers than one diagnosis has');
  if (whole !== null && !isOfInput(whole.target)) return fail('names a target that is none');
  const redacted = whole !== null && 'redacted' in whole && whole.redacted;
  if (redacted && target !== null) {
    throw new UserError(
      `--evidence ${path} is redacted: its stand-ins for addresses and names match nothing that is seen elsewhere; expected it alone, as \`reach4 diagnose --evidence ${path}\`.`,
    );
  }
  refuseOther(path, whole?.target ?? null, evidence, target);
  return {
    path,
    target: whole?.target ?? null,
    vantage: whole?.vantage ?? vantageIn(evidence),
    complete: whole?.complete ?? true,
    redacted,
    evidence: evidence.filter(({ probe }) => probe !== 'vantage'),
  };
}

/** @throws UserError for evidence of another target */
function refuseOther(
  path: string,
  named: Target | null,
  evidence: readonly Evidence[],
  target: Target | null,
): void {
  if (target === null) return;
  const other = named === null ? otherTarget(evidence, target) : namedTarget(named, target);
  if (other === null) return;
  throw new UserError(
    `--evidence ${path} is about ${other}, not ${hostPort(target.host, target.port)}; expected evidence of the same target.`,
  );
}

const vantageIn = (evidence: readonly Evidence[]): Vantage =>
  seen(evidence, 'vantage')[0]?.facts.vantage ?? evidence[0]?.vantage ?? 'unknown';

const namedTarget = (named: Target, target: Target): string | null =>
  named.host === target.host && named.port === target.port && transportOf(named) === transportOf(target)
    ? null
    : `${hostPort(named.host, named.port)}${transportOf(named) === 'udp' ? ' over UDP' : ''}`;

/** A list of evidence doesn't name its target; what was asked does. */
function otherTarget(evidence: readonly Evidence[], target: Target): string | null {
  const name = evidence
    .find(({ probe }) => probe === 'os-lookup')
    ?.id.split(':')
    .slice(2)
    .join(':');
  if (name !== undefined && name !== target.host) return name;
  const ports = reachSeen(evidence)
    .filter(
      ({ facts }) =>
        !facts.roles.some((role) => role === 'lan' || role === 'host' || role === 'differential'),
    )
    .map(({ facts }) => facts.port);
  const other = ports.find((port) => port !== target.port);
  if (other !== undefined) return hostPort(target.host, other);
  const isOther = evidence.some(
    ({ probe }) => probe === (transportOf(target) === 'udp' ? 'reach' : 'udp-reach'),
  );
  return isOther ? `${hostPort(target.host, target.port)} over another transport` : null;
}

/**
 * New observers for all of a file's evidence: `here` becomes the vantage and a number, and so do those that it had from
 * other files and from agents of its own.
 */
export function relabelled(
  { evidence, vantage }: Pick<FromFile, 'evidence' | 'vantage'>,
  labels: Set<string>,
): Evidence[] {
  const fresh = new Map<string, string>();
  const rename = (label: string, stem: Vantage): string => {
    const known = fresh.get(label);
    if (known !== undefined) return known;
    let number = 1;
    while (labels.has(`${stem}-${number}`)) number += 1;
    const name = `${stem}-${number}`;
    labels.add(name);
    fresh.set(label, name);
    return name;
  };
  return evidence.map((item) => {
    const [, label = '', ...subject] = item.id.split(':');
    const where = placeOf(label, item, vantage);
    return { ...item, id: [item.probe, rename(label, where), ...subject].join(':'), vantage: where };
  });
}

/** Where a piece was seen: this file's word for `here`, of a file within the file its own, and outside for all agents. */
function placeOf(label: string, { vantage }: Evidence, here: Vantage): Vantage {
  if (label === 'here') return here;
  return vantage !== 'outside' && label.startsWith(`${vantage}-`) ? vantage : 'outside';
}
