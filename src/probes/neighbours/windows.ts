import { NEIGHBOUR_COMMANDS, parseWindowsNeighbours } from '../windows/neighbours.ts';
import { hardwareAddress, NEIGHBOURS_TIMEOUT, type ReadNeighbours } from './neighbour.ts';

export const windowsNeighbours: ReadNeighbours = async ({ exec }, signal) => {
  const texts = await Promise.all(
    NEIGHBOUR_COMMANDS.map(async ([file, ...args]) => {
      const result = await exec.run(file, args, { timeoutMs: NEIGHBOURS_TIMEOUT, signal });
      return result?.exitCode === 0 ? result.stdout : '';
    }),
  );
  return texts.flatMap(parseWindowsNeighbours).flatMap(({ address, hardware }) => {
    const one = hardwareAddress(hardware);
    return one === null ? [] : [{ address, hardware: one }];
  });
};
