import type { EvidenceFile } from '../../model/evidence-file.ts';
import type { Ports } from '../../ports/ports.ts';
import { printableJson } from '../../report/printable.ts';
import type { Io } from '../io.ts';
import { refuseForeign, writeOut, writeStdout } from './out-file.ts';
import { redacted } from './redact.ts';
import { summary } from './summary.ts';

interface Flags {
  readonly out?: string;
  readonly redact?: true;
}

/** Writes the file where the flags say, and tells on standard error what is in it. @throws UserError where it can't be written */
export async function deliver(
  file: EvidenceFile,
  { out, redact }: Flags,
  ports: Ports,
  io: Io,
): Promise<void> {
  const made = redact === true ? redacted(file) : file;
  const text = printableJson(made);
  if (out === undefined) await writeStdout(text);
  else {
    await refuseForeign(out, ports.files);
    await writeOut(out, text, ports.files);
  }
  io.err(summary(made, out ?? null));
}
