import { z } from 'zod';
import type { AskedTrace, LookAnswer } from '../../agent/protocol.ts';
import { familyOf, parseAddress } from '../../model/address.ts';
import type { TraceFacts } from '../../model/facts/path.ts';
import { isReached } from '../../probes/trace/way.ts';
import type { PlaceResult } from './api.ts';
import { troubleOf } from './reach.ts';

type TraceSeen = LookAnswer['traces'][number];

/** The probe's traceroute goes no further (`-m 20`). */
const MAX_HOPS = 20;

const traceSchema = z.object({
  status: z.literal('finished'),
  resolvedAddress: z.string().max(64),
  rawOutput: z.string().max(25_000),
  hops: z
    .array(
      z.object({
        resolvedAddress: z.string().max(64).nullable(),
        timings: z.array(z.object({ rtt: z.number().min(0).max(120_000) })).max(16),
      }),
    )
    .min(1)
    .max(MAX_HOPS),
});

/**
 * The way as one place saw it. What an ICMP error said (`!X`) stands in the output only: a hop that refused must not be taken
 * for one that passes packets on, so a trace whose output doesn't go with its hops, line by line, is not read at all.
 */
export function traceSeen(asked: AskedTrace, result: PlaceResult['result']): TraceSeen {
  const trouble = troubleOf(result);
  if (trouble !== null) return trouble;
  const parsed = traceSchema.safeParse(result);
  if (!parsed.success) return malformed;
  const { resolvedAddress, rawOutput, hops: told } = parsed.data;
  // The probe runs it on a terminal, which ends lines with CR LF.
  const lines = rawOutput.trimEnd().split(/\r?\n/u).slice(1);
  if (parseAddress(resolvedAddress) !== asked.address || lines.length !== told.length) return malformed;
  const hops: TraceFacts['hops'] = [];
  for (const [index, { resolvedAddress: text, timings }] of told.entries()) {
    const [, number, rest = ''] = /^\s{0,3}(\d{1,2})\s(.{0,400})$/u.exec(lines[index] ?? '') ?? [];
    const address = text === null ? null : parseAddress(text);
    if (Number(number) !== index + 1 || (text !== null && address === null)) return malformed;
    const note = /(?:^|\s)(![A-Z0-9<>-]{1,12})(?=\s|$)/u.exec(rest)?.[1] ?? null;
    hops.push({ ttl: index + 1, address, ms: address === null ? null : (timings[0]?.rtt ?? null), note });
  }
  return {
    status: 'ok',
    facts: {
      ...asked,
      family: familyOf(asked.address),
      tool: 'traceroute',
      hops,
      reached: isReached(hops, asked.address),
    },
  };
}

const malformed: TraceSeen = {
  status: 'failed',
  reason: { code: 'malformed', detail: "Globalping's trace can't be read: not measured." },
};
