import type { ManualStep } from '../../model/remedy-offer.ts';
import { edit, elevated, inPowershell } from '../manual.ts';
import { ngrokFile, ngrokWords, type Passed } from './ngrok.ts';
import { type Inner, tunnelWords } from './ssh.ts';

/** ssh expands the tilde itself (ssh(1), -i); it comes with Windows 10 1809 (Microsoft Learn, "OpenSSH for Windows overview"). */
const KEY = '~/.ssh/reach4';
const KEY_FILE = '$HOME\\.ssh\\reach4';

/** A key of its own. ssh-keygen asks for a password twice, as an empty one can't be handed to it from every PowerShell. */
export const windowsKey: ManualStep = {
  where: 'server',
  software: 'OpenSSH',
  does: 'makes a key for the tunnel, and shows the half of it that goes to the host; leave the password empty (Enter, twice)',
  change: inPowershell(
    '[void](New-Item -ItemType Directory -Force $HOME\\.ssh)',
    `ssh-keygen -q -t ed25519 -C reach4 -f ${KEY_FILE}`,
    `Get-Content ${KEY_FILE}.pub`,
  ),
  undo: inPowershell(`Remove-Item ${KEY_FILE}, ${KEY_FILE}.pub`),
};

const TASK = 'reach4-tunnel';

/** Register-ScheduledTask (Microsoft Learn, ScheduledTasks): for the user who types it, from each log-on on. */
export const windowsAlways = (inner: Inner): ManualStep => ({
  where: 'server',
  software: 'OpenSSH under the Task Scheduler',
  does: 'opens the tunnel when you log on, and again within a minute when it breaks',
  change: elevated(
    `Register-ScheduledTask -TaskName ${TASK} -Trigger (New-ScheduledTaskTrigger -AtLogOn -User $env:USERNAME) -Settings (New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -ExecutionTimeLimit (New-TimeSpan)) -Action (New-ScheduledTaskAction -Execute ssh.exe -Argument '-N ${tunnelWords(inner, KEY)}')`,
    `Start-ScheduledTask -TaskName ${TASK}`,
  ),
  undo: elevated(
    `Stop-ScheduledTask -TaskName ${TASK}`,
    `Unregister-ScheduledTask -TaskName ${TASK} -Confirm:$false`,
  ),
});

/** Until it breaks or the machine restarts: in a window of its own, ended by its id. */
function inWindow(program: string, words: string): Pick<ManualStep, 'change' | 'undo'> {
  const file = `$env:TEMP\\reach4-${program}.id`;
  return {
    change: inPowershell(
      `(Start-Process ${program} -ArgumentList '${words}' -PassThru).Id | Set-Content ${file}`,
    ),
    undo: inPowershell(`Stop-Process -Id (Get-Content ${file})`, `Remove-Item ${file}`),
  };
}

export const windowsOnce = (inner: Inner): ManualStep => ({
  where: 'server',
  software: 'OpenSSH',
  does: 'opens the tunnel in a window of its own, until the connection breaks',
  ...inWindow('ssh', `-N ${tunnelWords(inner, null)}`),
});

export const windowsNgrok = (passed: Passed): ManualStep => ({
  where: 'server',
  software: 'ngrok',
  does: 'opens a tunnel to an address that ngrok gives, and its window shows; with the authtoken of your account in the file that `ngrok config edit` opens',
  ...inWindow('ngrok', ngrokWords(passed)),
});

const FILE = 'C:\\ProgramData\\ngrok.yml';

/** Nobody but the system and administrators may read the token: well-known SIDs, as names of groups are translated. */
const OWN = `icacls ${FILE} /inheritance:r /grant *S-1-5-18:R *S-1-5-32-544:F`;

export function windowsNgrokService(passed: Passed): ManualStep {
  const lines = ngrokFile(passed);
  return {
    where: 'server',
    software: 'ngrok',
    does: 'opens a tunnel to an address that ngrok gives, and its dashboard shows; also after a restart',
    change: edit(
      FILE,
      null,
      lines,
      [
        OWN,
        `ngrok config check --config ${FILE}`,
        `ngrok service install --config ${FILE}`,
        'ngrok service start',
      ],
      'powershell',
    ),
    undo: edit(FILE, lines, null, ['ngrok service stop', 'ngrok service uninstall'], 'powershell'),
  };
}
