import type { Ports } from '../../ports/ports.ts';
import type { Io } from '../io.ts';
import type { Flags } from './flags.ts';
import { type Gathered, gather } from './gather.ts';
import { type Ended, interruptible } from './interruptible.ts';
import type { DiagnoseOptions, LayerOptions } from './options.ts';

/** What is asked for, beside what the flags say of this machine and of what the target speaks. */
interface Asked extends Omit<DiagnoseOptions, 'from' | 'udpProtocol' | 'layers'> {
  readonly layers: Omit<LayerOptions, 'announce'>;
}

/** Looks from here until all is seen, the deadline or Ctrl-C; what is announced meanwhile goes to standard error. */
export const lookAt = (
  asked: Asked,
  { from, udpProtocol }: Flags,
  ports: Ports,
  io: Io,
): Promise<Ended<Gathered>> =>
  interruptible((signal, progress) => {
    const announce = (sentence: string): void => {
      progress.clear();
      io.err(`${sentence}\n`);
    };
    const options: DiagnoseOptions = {
      ...asked,
      from: from ?? null,
      ...(udpProtocol === undefined ? {} : { udpProtocol }),
      layers: { ...asked.layers, announce },
    };
    return gather(options, ports, progress, signal);
  });
