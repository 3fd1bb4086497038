import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { isWithinBounds, withoutControls } from '../../agent/checked.ts';
import { DIAGNOSIS_SCHEMA_ID } from '../../model/diagnosis.ts';
import { UserError } from '../../model/error.ts';
import { type Evidence, evidenceSchema, seen, type Vantage, vantageSchema } from '../../model/evidence.ts';
import { hostPort, type Target, targetSchema } from '../../model/target.ts';
import { fileError } from '../file-error.ts';

/** Largest file, bytes: a diagnosis with everything in it has well under one MiB. */
export const MAX_BYTES = 8 * 1024 * 1024;
/** Pieces of evidence in one file. */
const MAX_ITEMS = 2_000;

const evidenceList = z.array(evidenceSchema).max(MAX_ITEMS);
/** Of a diagnosis only what was seen counts: it is judged anew. */
const diagnosisPart = z.object({
  schema: z.literal(DIAGNOSIS_SCHEMA_ID),
  target: targetSchema,
  vantage: vantageSchema,
  evidence: evidenceList,
});

/**
 * Evidence that was collected elsewhere by `reach4 diagnose --json`, fit to be judged with what is seen here: it has
 * observers of its own, so that nothing of it counts as seen from here.
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
    const { vantage, evidence } = parseEvidence(await readBounded(path), path, target);
    all.push(...relabelled(evidence, vantage, labels));
  }
  return all;
}

/** Read as a stream, so that a pipe will do, and a file without end ends. */
async function readBounded(path: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(path)) {
      parts.push(part);
      size += part.length;
      if (size > MAX_BYTES) break;
    }
  } catch (error) {
    throw new UserError(
      `--evidence ${path} can't be read: ${fileError(error)}; expected what \`reach4 diagnose --json\` printed.`,
      { cause: error },
    );
  }
  if (size > MAX_BYTES) {
    throw new UserError(
      `--evidence ${path} is larger than ${MAX_BYTES / 1024 / 1024} MiB; expected what \`reach4 diagnose --json\` printed.`,
    );
  }
  return Buffer.concat(parts).toString('utf8');
}

/** @throws UserError */
export function parseEvidence(
  text: string,
  path: string,
  target: Target,
): { vantage: Vantage; evidence: Evidence[] } {
  const fail = (what: string): never => {
    throw new UserError(
      `--evidence ${path} ${what}; expected what \`reach4 diagnose --json ${target.input}\` printed.`,
    );
  };
  const data = parseJson(text.replace(/^\uFEFF/u, ''));
  if (data === undefined) return fail('is no JSON, or was cut off');
  const parsed = Array.isArray(data) ? evidenceList.safeParse(data) : diagnosisPart.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : ` (at ${issue.path.join('.') || 'the top'})`;
    return fail(`is no diagnosis of this version of reach4, and no evidence of one${where}`);
  }
  const evidence = withoutControls(Array.isArray(parsed.data) ? parsed.data : parsed.data.evidence);
  if (!evidence.every(isWithinBounds)) return fail('holds longer texts or lists than a probe makes');
  if (new Set(evidence.map(({ id }) => id)).size < evidence.length)
    return fail('has two pieces of evidence with one id');
  const other = Array.isArray(parsed.data)
    ? otherTarget(evidence, target)
    : namedTarget(parsed.data.target, target);
  if (other !== null) {
    throw new UserError(
      `--evidence ${path} is about ${other}, not ${hostPort(target.host, target.port)}; expected evidence of the same target.`,
    );
  }
  const vantage = Array.isArray(parsed.data)
    ? (seen(evidence, 'vantage')[0]?.facts.vantage ?? evidence[0]?.vantage ?? 'unknown')
    : parsed.data.vantage;
  return { vantage, evidence: evidence.filter(({ probe }) => probe !== 'vantage') };
}

const namedTarget = (named: Target, target: Target): string | null =>
  named.host === target.host && named.port === target.port ? null : hostPort(named.host, named.port);

/** A list of evidence doesn't name its target; what was asked does. */
function otherTarget(evidence: readonly Evidence[], target: Target): string | null {
  const name = evidence
    .find(({ probe }) => probe === 'os-lookup')
    ?.id.split(':')
    .slice(2)
    .join(':');
  if (name !== undefined && name !== target.host) return name;
  const ports = seen(evidence, 'reach')
    .filter(
      ({ facts }) =>
        !facts.roles.some((role) => role === 'lan' || role === 'host' || role === 'differential'),
    )
    .map(({ facts }) => facts.port);
  const other = ports.find((port) => port !== target.port);
  return other === undefined ? null : hostPort(target.host, other);
}

/** New observers for all of a file's evidence: `here` becomes the vantage and a number, and so does each agent of its own. */
function relabelled(evidence: readonly Evidence[], vantage: Vantage, labels: Set<string>): Evidence[] {
  const fresh = new Map<string, string>();
  const rename = (label: string): string => {
    const known = fresh.get(label);
    if (known !== undefined) return known;
    const stem = label === 'here' ? vantage : 'outside';
    let number = 1;
    while (labels.has(`${stem}-${number}`)) number += 1;
    const name = `${stem}-${number}`;
    labels.add(name);
    fresh.set(label, name);
    return name;
  };
  return evidence.map((item) => {
    const [, label = '', ...subject] = item.id.split(':');
    // Where it was seen is this file's word for `here`, and outside for its agents, whatever a piece says of itself.
    const where = label === 'here' ? vantage : 'outside';
    return { ...item, id: [item.probe, rename(label), ...subject].join(':'), vantage: where };
  });
}

/** Undefined where the text isn't JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
