import { availableParallelism } from 'node:os';

/** Who runs on which processors; each is the beginning of a command, empty where all are free. */
export interface Division {
  readonly title: string;
  readonly ends: readonly string[];
  readonly relay: readonly string[];
}

const SHARED: Division = {
  title: 'client, relay and origin share all processors',
  ends: [],
  relay: [],
};

/** As three machines have it: what the relay does isn't taken from client and origin. */
const OWN: Division = {
  title: 'the relay has a processor of its own, client and origin another one',
  ends: ['taskset', '--cpu-list', '0'],
  relay: ['taskset', '--cpu-list', '1'],
};

export const divisions = (): readonly Division[] => (availableParallelism() > 1 ? [OWN, SHARED] : [SHARED]);
