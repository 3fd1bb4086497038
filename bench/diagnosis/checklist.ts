import type { HostName } from '../../test/lab/addresses.ts';
import type { RunningWorld } from '../../test/lab/lab.ts';
import { HOME_NAME } from '../../test/lab/world.ts';
import { WHOAMI_NAME } from '../../test/lab/zones.ts';
import { type Timed, timed } from './timed.ts';

/** One command of the checklist, and how long it took. */
export interface Step {
  readonly host: HostName;
  readonly command: string;
  readonly seconds: number;
  readonly exitCode: number;
}

const PORT = '443';
const URL = `https://${HOME_NAME}/`;
const ZONE = HOME_NAME.split('.').slice(-2).join('.');

/**
 * What a person does who looks for the reason by hand: the usual tools with the time-outs that they have of their own, one after
 * another, on the server and then on a machine outside. Each thing is looked at once: the public address gets a connect of
 * its own only where the A record holds another one. What reads the firewall, the listeners or the router is left out, because it
 * waits for nothing.
 */
export async function checklist(lab: RunningWorld, tell: (step: Step) => void): Promise<Step[]> {
  const steps: Step[] = [];
  const run = async (host: HostName, ...command: string[]): Promise<Timed> => {
    const ran = await timed(lab, host, command);
    const { exitCode, seconds } = ran;
    const step: Step = { host, command: command.join(' '), seconds, exitCode };
    steps.push(step);
    tell(step);
    return ran;
  };

  const recorded = lines(await run('server', 'dig', '+short', HOME_NAME, 'A'));
  await run('server', 'dig', '+short', HOME_NAME, 'AAAA');
  const authorities = lines(await run('server', 'dig', '+short', ZONE, 'NS'));
  for (const authority of authorities) {
    await run('server', 'dig', '+short', '+norecurse', `@${authority}`, HOME_NAME, 'A');
    await run('server', 'dig', '+short', '+norecurse', `@${authority}`, HOME_NAME, 'AAAA');
  }

  const observed = lines(await run('server', 'curl', '-4', `http://${WHOAMI_NAME}/`));
  await run('server', 'curl', '-6', `http://${WHOAMI_NAME}/`);
  await run('server', 'curl', '-6', '--insecure', URL);
  await run('server', 'curl', '-4', '--insecure', URL);
  const others = observed.filter((address) => !recorded.includes(address));
  for (const address of others) {
    await run('server', 'curl', '--insecure', '--resolve', `${HOME_NAME}:${PORT}:${address}`, URL);
  }
  for (const address of [...recorded, ...others]) await run('server', 'traceroute', address);

  await run('outside', 'nc', '-6', '-v', '-z', HOME_NAME, PORT);
  for (const address of [...recorded, ...others]) {
    await run('outside', 'nc', '-v', '-z', address, PORT);
    await run('outside', 'traceroute', address);
  }
  await run('outside', 'traceroute', '-6', HOME_NAME);
  return steps;
}

const lines = ({ stdout }: Timed): string[] => stdout.split('\n').filter((line) => line.trim() !== '');
