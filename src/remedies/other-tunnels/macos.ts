import type { ManualStep } from '../../model/remedy-offer.ts';
import { launchdJob } from '../manual/launchd.ts';
import { asUser } from '../manual.ts';
import { ngrokWords, type Passed } from './ngrok.ts';
import { type Inner, MAC_KEY, tunnelWords } from './ssh.ts';

/** Opened again whenever it breaks. */
export const macosAlways = (inner: Inner): ManualStep => ({
  where: 'server',
  software: 'OpenSSH under launchd',
  does: 'opens the tunnel, and again whenever it breaks and after a restart',
  ...launchdJob({
    label: 'reach4.tunnel',
    words: ['ssh', '-N', ...tunnelWords(inner, MAC_KEY).split(' ')],
    every: null,
  }),
});

const JOB = 'reach4-ngrok';
const LOG = `/tmp/${JOB}.log`;

/** Until you log out (launchctl(1), submit and remove). */
export const macosNgrok = (passed: Passed): ManualStep => ({
  where: 'server',
  software: 'ngrok',
  does: `opens a tunnel to an address that ngrok gives, and \`grep url= ${LOG}\` shows; until you log out, and with the authtoken of your account in the file that \`ngrok config edit\` opens`,
  change: asUser(`launchctl submit -l ${JOB} -o ${LOG} -- "$(command -v ngrok)" ${ngrokWords(passed, "'")}`),
  undo: asUser(`launchctl remove ${JOB}`),
});
