import { z } from 'zod';

/** Characters of a place's name: a host, or a city with its network. */
const SHOWN_LENGTH = 200;

/** Who looked from outside under a label, as a person would say it: `vps.example.net`, `Globalping in Berlin, DE (Hetzner)`. */
export const placeFactsSchema = z.object({
  kind: z.enum(['agent', 'ssh', 'globalping']),
  shown: z.string().min(1).max(SHOWN_LENGTH),
});
export type PlaceFacts = z.infer<typeof placeFactsSchema>;
