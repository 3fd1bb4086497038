import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { FirewallDecision } from '../../../src/model/facts/host.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { fakePorts, here } from '../fake-ports.ts';

/** What programs printed and files held on a machine: a text is of a program that ended well. */
const recordingSchema = z.object({
  commands: z.record(
    z.string(),
    z.union([z.string(), z.object({ exitCode: z.int(), stdout: z.string(), stderr: z.string() })]),
  ),
  files: z.record(z.string(), z.union([z.string(), z.object({ error: z.string() })])),
});
export type Recording = z.infer<typeof recordingSchema>;

export function recording(name: string): Recording {
  const text = readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8');
  return recordingSchema.parse(JSON.parse(text));
}

/** A machine on which everything is as it was recorded; what wasn't is not installed. */
export function recordedPorts({ commands, files }: Recording): Ports {
  return fakePorts({
    exec: {
      ...fakePorts({}).exec,
      run: async (file, args) => {
        const result = commands[[file, ...args].join(' ')];
        if (result === undefined) return null;
        return typeof result === 'string' ? { exitCode: 0, stdout: result, stderr: '' } : result;
      },
    },
    files: {
      read: async (path) => {
        const content = files[path];
        if (typeof content === 'object') throw new Error(content.error);
        return content ?? null;
      },
    },
  });
}

export const probe = (recorded: Recording, port = 443) =>
  firewall({ port, protocol: 'tcp' }, recordedPorts(recorded), here());

/** In one line: `ipv4 internet drop by ufw: filter INPUT -P INPUT DROP`. */
function line({ family, source, verdict, path, by, translatedTo, unknownBecause }: FirewallDecision): string {
  const to = translatedTo === null ? '' : ` to ${translatedTo.address} ${translatedTo.port}`;
  const position = by?.position == null ? '' : ` ${by.position}`;
  const rule = by === null ? '' : ` by ${by.software}: ${by.table} ${by.chain}${position}: ${by.rule}`;
  const because = unknownBecause === null ? '' : ` because ${unknownBecause}`;
  return `${family} ${source} ${path}${to} ${verdict}${rule}${because}`;
}

/** The facts, in lines; fails where there are none. */
export async function lines(recorded: Recording, port?: number): Promise<string[]> {
  const evidence = await probe(recorded, port);
  if (evidence.probe !== 'firewall' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts.decisions.map(line);
}
