import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Step } from './checklist.ts';

/** The checklist takes minutes in a dead world: what it took once is kept, for the short form. */
const FILE = fileURLToPath(new URL('./checklist.json', import.meta.url));

const storedSchema = z.record(
  z.string(),
  z.strictObject({
    date: z.iso.date(),
    /** s; the sum of the steps. */
    seconds: z.number(),
    /** Of the last minute when it began, and the number of processors. */
    load: z.number(),
    processors: z.int(),
    steps: z.array(
      z.strictObject({ host: z.string(), command: z.string(), seconds: z.number(), exitCode: z.int() }),
    ),
  }),
);
type StoredAll = z.infer<typeof storedSchema>;
/** What the checklist took in a world. */
export type Stored = StoredAll[string];

export async function storedChecklists(): Promise<StoredAll> {
  return storedSchema.parse(JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}')));
}

export async function store(world: string, checklist: Stored): Promise<void> {
  const all = { ...(await storedChecklists()), [world]: checklist };
  await writeFile(FILE, `${JSON.stringify(all, null, 2)}\n`);
}

/** @param load of the last minute when it began */
export const asStored = (steps: readonly Step[], load: number, processors: number): Stored => ({
  date: new Date().toISOString().slice(0, 10),
  seconds: Math.round(steps.reduce((sum, { seconds }) => sum + seconds, 0) * 10) / 10,
  load: Math.round(load * 10) / 10,
  processors,
  steps: steps.map(({ command, exitCode, host, seconds }) => ({ host, command, seconds, exitCode })),
});
