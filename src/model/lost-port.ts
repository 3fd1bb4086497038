import { z } from 'zod';
import { portSchema } from './port.ts';

/** Something else that the server answers under the name, and that a provider's edge doesn't carry. */
export const lostPortSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  port: portSchema,
  /** The program that listens; null where nobody saw which. */
  program: z.string().nullable(),
});
export type LostPort = z.infer<typeof lostPortSchema>;

/** What a name loses behind a provider's edge, as far as it was seen. */
export interface LostPorts {
  /** False: nobody looked on the server, so there may be more. */
  readonly looked: boolean;
  readonly ports: readonly LostPort[];
}

/** What is lost that nobody has agreed to yet. */
export const notAgreed = (ports: readonly LostPort[], agreed: readonly LostPort[]): LostPort[] =>
  ports.filter(
    ({ protocol, port }) => !agreed.some((other) => other.protocol === protocol && other.port === port),
  );
