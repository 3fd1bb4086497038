import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/model/evidence.ts';
import type { System } from '../../src/model/facts/host.ts';
import { offerHairpin } from '../../src/remedies/hairpin.ts';
import { offerOtherTunnels } from '../../src/remedies/other-tunnels.ts';
import { offerPortForward } from '../../src/remedies/port-forward.ts';
import { GATEWAY, listeners, natPmp, routes, system, told, upnp } from '../support/evidence-host.ts';
import { caseOf, LINE, SIX, zone } from '../support/home.ts';
import { LAN4, NAME, WAN4 } from '../support/names.ts';
import { confirmed, manual, stepsOf, waysOf } from './scene.ts';

const HOME: readonly Evidence[] = [...LINE, ...zone([WAN4]), ...SIX, routes()];
const COM = '(New-Object -ComObject HNetCfg.NATUPnP).StaticPortMappingCollection';
const UPNPC = `upnpc -u http://${GATEWAY}:5000/rootDesc.xml`;

describe('the remedy port-forward', () => {
  const offer = (on: System, evidence: readonly Evidence[]) =>
    offerPortForward(caseOf({ evidence: [...HOME, system(on), ...evidence] }), [confirmed('port-forward')]);
  const answers = [upnp(WAN4), natPmp(WAN4), told({ forwards: 'none' })];

  test('Windows asks over UPnP by itself, and by NAT-PMP not at all', () => {
    const made = offer('windows', answers);
    expect(waysOf(made)).toEqual(['UPnP', "your router's page"]);
    expect(stepsOf(made)[0]).toEqual([
      'UPnP (Windows)',
      `${COM}.Add(443, 'TCP', 443, '${LAN4}', $true, 'reach4')`,
      `${COM}.Remove(443, 'TCP')`,
    ]);
    expect(manual(made).ways[0]?.steps[0]?.change).toMatchObject({ shell: 'powershell', root: false });
    expect(stepsOf(made)[1]?.[1]).toContain('`Get-NetAdapter` shows it as MacAddress');
  });

  test('a wrong mapping comes back on Windows too', () => {
    const made = offer('windows', [upnp(WAN4, [{ client: LAN4, internalPort: 8443 }]), listeners({})]);
    expect(stepsOf(made)[0]?.[2]).toBe(
      `${COM}.Remove(443, 'TCP')\n${COM}.Add(443, 'TCP', 8443, '${LAN4}', $true, 'reach4')`,
    );
  });

  test('macOS asks with what Homebrew brings, and launchd asks again', () => {
    const made = offer('macos', answers);
    expect(waysOf(made)).toEqual(['UPnP', 'NAT-PMP', "your router's page"]);
    expect(stepsOf(made)[0]?.[1]).toBe(`${UPNPC} -e reach4 -a ${LAN4} 443 443 TCP`);
    const [, change, undo] = stepsOf(made, 1)[0] ?? [];
    expect(change).toContain('<string>7200</string>');
    expect(change).toContain('<key>StartInterval</key><integer>3600</integer>');
    expect(undo).toBe(
      `launchctl bootout system/reach4.forward\nrm /Library/LaunchDaemons/reach4.forward.plist\nnatpmpc -g ${GATEWAY} -a 443 443 tcp 0`,
    );
    expect(stepsOf(made)[1]?.[1]).toContain('`ifconfig` shows it as ether');
  });
});

describe('the remedy hairpin', () => {
  test.each([
    ['linux', ['one machine alone', 'one machine alone, with Windows']],
    ['windows', ['one machine alone, with Windows', 'one machine alone']],
  ] as const)('the hosts file of the machine at which it is read comes first: %s', (on, order) => {
    const made = offerHairpin(caseOf({ evidence: [...HOME, system(on)] }), [confirmed('hairpin')]);
    expect(waysOf(made).slice(-2)).toEqual(order);
  });

  test('the hosts file of Windows is changed by an administrator, with commands of PowerShell', () => {
    const made = manual(offerHairpin(caseOf({ evidence: HOME }), [confirmed('hairpin')]));
    const way = made.ways.find((each) => each.for === 'one machine alone, with Windows');
    expect(way?.steps[0]?.change).toMatchObject({ kind: 'edit', root: true, shell: 'powershell' });
  });
});

describe('the remedy other-tunnels', () => {
  const offer = (on: System, target = `https://${NAME}`) =>
    offerOtherTunnels(caseOf({ target, evidence: [...HOME, system(on)] }), [confirmed('cgnat')]);

  test.each([
    ['windows', 'the Task Scheduler'],
    ['macos', 'launchd'],
  ] as const)('%s: what keeps a tunnel up there, and nothing of Linux', (on, keeper) => {
    const made = offer(on);
    expect(waysOf(made)).toEqual([
      `reverse SSH, kept up by ${keeper}`,
      'reverse SSH, to try it',
      'ngrok, as a service',
      'ngrok, to try it',
    ]);
    const here = manual(made).ways.flatMap(({ steps }) => steps.filter(({ where }) => where === 'server'));
    expect(JSON.stringify(here)).not.toMatch(
      /systemctl|systemd|autossh|\/root\/\.ssh(?<!\/var\/root\/\.ssh)/u,
    );
    for (const { change, undo } of here) expect(undo?.kind).toBe(change.kind);
  });

  test('Windows: the task of a user, and its end', () => {
    const steps = stepsOf(offer('windows'));
    const [, change, undo] = steps[3] ?? [];
    expect(change).toContain(
      "-Argument '-N -i ~/.ssh/reach4 -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o ExitOnForwardFailure=yes -o ServerAliveInterval=30 -o ServerAliveCountMax=3 -R 0.0.0.0:443:[::1]:443 root@VPS-ADDRESS'",
    );
    expect(undo).toContain('Unregister-ScheduledTask -TaskName reach4-tunnel -Confirm:$false');
  });

  test('Windows: what is tried is ended by its id', () => {
    const made = offer('windows');
    const [, change, undo] = stepsOf(made, waysOf(made).indexOf('ngrok, to try it'))[0] ?? [];
    expect(change).toBe(
      `(Start-Process ngrok -ArgumentList 'http https://[::1]:443 --host-header=${NAME} --log=stdout' -PassThru).Id | Set-Content $env:TEMP\\reach4-ngrok.id`,
    );
    expect(undo).toBe(
      'Stop-Process -Id (Get-Content $env:TEMP\\reach4-ngrok.id)\nRemove-Item $env:TEMP\\reach4-ngrok.id',
    );
  });

  test('macOS: launchd keeps ssh up', () => {
    const [, change, undo] = stepsOf(offer('macos'))[3] ?? [];
    expect(change).toContain("'<string>ssh</string>' '<string>-N</string>' '<string>-i</string>'");
    expect(change).toContain("'<string>/var/root/.ssh/reach4</string>'");
    expect(undo).toContain('launchctl bootout system/reach4.tunnel');
  });
});
