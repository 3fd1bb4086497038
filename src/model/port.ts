import { z } from 'zod';

const MAX_PORT = 65_535;

export const portSchema = z.int().min(1).max(MAX_PORT);

/** A port as people and programs write it, in decimal; null where it is none. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  return port >= 1 && port <= MAX_PORT ? port : null;
}
