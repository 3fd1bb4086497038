import { z } from 'zod';

export const portSchema = z.int().min(1).max(65_535);

/** Named ports or everything. */
export const portsSchema = z.union([z.literal('all'), z.array(portSchema).min(1)]);
