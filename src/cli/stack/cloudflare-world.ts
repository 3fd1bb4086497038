import type { StackContext } from './context.ts';

/** What asks Cloudflare's API, with the token in its environment. */
export const cloudflareWorld = ({ ports: { net, clock }, env }: Pick<StackContext, 'ports' | 'env'>) => ({
  net,
  clock,
  env,
});
