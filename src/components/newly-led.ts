import { z } from 'zod';

/** What the engine has written, or is about to. */
const inputsSchema = z.object({
  wanted: z.array(z.object({ type: z.string(), alias: z.object({ name: z.string() }) })),
});

/** Where visitors are led who weren't led there before: those of another family, or all; null where nobody is. */
export function newlyLed(olds: unknown, news: unknown): string | null {
  const before = inputsSchema.safeParse(olds).data?.wanted ?? [];
  const led = inputsSchema
    .parse(news)
    .wanted.find(
      ({ type, alias }) => !before.some((each) => each.type === type && each.alias.name === alias.name),
    );
  return led?.alias.name ?? null;
}
