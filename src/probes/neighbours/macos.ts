import { parseAddress } from '../../model/address.ts';
import { hardwareAddress, NEIGHBOURS_TIMEOUT, type Neighbour, type ReadNeighbours } from './neighbour.ts';

export const macNeighbours: ReadNeighbours = async ({ exec }, signal) => {
  const read = async (file: string): Promise<string> => {
    const options = { timeoutMs: NEIGHBOURS_TIMEOUT, signal };
    const result =
      (await exec.run(file, ['-an'], options)) ?? (await exec.run(`/usr/sbin/${file}`, ['-an'], options));
    return result?.exitCode === 0 ? result.stdout : '';
  };
  const [four, six] = await Promise.all([read('arp'), read('ndp')]);
  return [...parseArp(four), ...parseNdp(six)];
};

/** `? (192.0.2.1) at 0:1b:63:a:b:c on en0 ifscope [ethernet]`; `(incomplete)` where nobody answered. */
function parseArp(text: string): Neighbour[] {
  return found(text, /^\S{1,255} \(([\d.]{7,15})\) at ([\da-f:]{11,17}) on \S/u);
}

/** Neighbor, Linklayer Address, Netif, Expire, St, Flgs, Prbs. */
function parseNdp(text: string): Neighbour[] {
  return found(text, /^([\da-f:.]{2,45})(?:%\w{1,15})?\s+([\da-f:]{11,17})\s+\w/u);
}

/** Of whole lines only. */
function found(text: string, form: RegExp): Neighbour[] {
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      const [, host = '', lladdr = ''] = form.exec(line) ?? [];
      const [address, hardware] = [parseAddress(host), hardwareAddress(lladdr)];
      return address === null || hardware === null ? [] : [{ address, hardware }];
    });
}
