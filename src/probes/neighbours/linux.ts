import { z } from 'zod';
import { parseAddress } from '../../model/address.ts';
import { parseJson } from '../../model/json.ts';
import { hardwareAddress, NEIGHBOURS_TIMEOUT, type Neighbour, type ReadNeighbours } from './neighbour.ts';

/** What `ip -j neigh` prints, as far as it matters here. */
const schema = z.array(z.object({ dst: z.string(), lladdr: z.string().optional() })).max(1_024);

export const linuxNeighbours: ReadNeighbours = async ({ exec }, signal) => {
  const result = await exec.run('ip', ['-j', 'neigh'], { timeoutMs: NEIGHBOURS_TIMEOUT, signal });
  return result?.exitCode === 0 ? parseIpNeigh(result.stdout) : [];
};

function parseIpNeigh(text: string): Neighbour[] {
  const parsed = schema.safeParse(parseJson(text));
  return (parsed.data ?? []).flatMap(({ dst, lladdr }) => {
    const [address, hardware] = [parseAddress(dst), hardwareAddress(lladdr ?? '')];
    return address === null || hardware === null ? [] : [{ address, hardware }];
  });
}
