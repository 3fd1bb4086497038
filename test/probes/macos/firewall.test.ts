import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import type { FirewallDecision } from '../../../src/model/facts/host.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { here } from '../fake-ports.ts';
import { mac, type Printed, portsOf } from './recorded.ts';

const probe = async (name: string, change?: (printed: Printed, command: string) => Printed) =>
  evidenceSchema.parse(await firewall({ port: 443, protocol: 'tcp' }, portsOf(mac(name), change), here()));

/** In one line, without the address: `ipv4 internet drop by pf: main ruleset 1: block drop …`. */
function line({ family, source, path, verdict, by, translatedTo, unknownBecause }: FirewallDecision): string {
  const to = translatedTo === null ? '' : ` to ${translatedTo.address} ${translatedTo.port}`;
  const rule =
    by === null ? '' : ` by ${by.software}: ${by.chain || 'main ruleset'} ${by.position ?? '-'}: ${by.rule}`;
  const because = unknownBecause === null ? '' : ` because ${unknownBecause}`;
  return `${family} ${source} ${path}${to} ${verdict}${rule}${because}`;
}

async function lines(name: string, change?: (printed: Printed, command: string) => Printed) {
  const item = await probe(name, change);
  if (item.probe !== 'firewall' || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return [...new Set(item.facts.decisions.map(line))];
}

/** Of both families and sources the same. */
const all = (rest: string): string[] =>
  ['ipv4 internet', 'ipv4 lan', 'ipv6 internet', 'ipv6 lan'].map((which) => `${which} input ${rest}`);
const APP = 'by macos-application-firewall: main ruleset -:';
const NGINX = '/opt/homebrew/opt/nginx/bin/nginx (Allow incoming connections)';

describe('the firewalls of a Mac', () => {
  it.each([
    ['macos-13-off', all('accept')],
    ['macos-14-app-ja', all(`drop ${APP} /Applications/サーバー.app (Block incoming connections)`)],
    ['macos-14-app-de', all(`drop ${APP} /Applications/Büro-Server.app (Block incoming connections)`)],
    ['macos-14-app-fr', all(`accept ${APP} /Applications/Serveur d’été.app (Allow incoming connections)`)],
    ['macos-15-block-all', all(`drop ${APP} Block all incoming connections`)],
    [
      'macos-15-unlisted',
      all('unknown because the application firewall has no rule for /opt/homebrew/opt/nginx/bin/nginx'),
    ],
    [
      'macos-26-pf-inet',
      [
        ...['internet', 'lan'].map(
          (source) =>
            `ipv4 ${source} input drop by pf: main ruleset 2: block drop in inet proto tcp from any to any port = https`,
        ),
        ...['internet', 'lan'].map(
          (source) =>
            `ipv6 ${source} input accept by pf: main ruleset 3: pass in quick inet6 proto tcp from any to any port = https flags S/SA keep state`,
        ),
      ],
    ],
    ['macos-26-default', all(`accept ${APP} ${NGINX}`)],
    [
      'macos-15-pf-lan',
      [
        'ipv4 internet input reject by pf: org.example 1: block return in all',
        'ipv4 lan input accept by pf: org.example 2: pass in quick proto tcp from <lan> to (en0) port = 443 flags S/SA keep state',
        `ipv6 internet input accept ${APP} ${NGINX}`,
        `ipv6 lan input accept ${APP} ${NGINX}`,
      ],
    ],
    [
      'macos-14-pf-rdr',
      [
        ...['internet', 'lan'].map(
          (source) =>
            `ipv4 ${source} input to 192.168.7.2 8443 accept by pf: main ruleset -: rdr pass on en0 inet proto tcp from any to any port = 443 -> 192.168.7.2 port 8443`,
        ),
        ...['internet', 'lan'].map(
          (source) =>
            `ipv6 ${source} input unknown because no program was seen at the port for the application firewall to judge`,
        ),
      ],
    ],
  ])('%s', async (name, expected) => {
    expect(await lines(name)).toEqual(expected);
  });

  it('needs root to read pf, unless the application firewall stops it anyway', async () => {
    expect(await probe('macos-12-user')).toMatchObject({
      status: 'failed',
      reason: { code: 'no-privilege', detail: 'pfctl: pfctl: /dev/pf: Permission denied' },
    });
    expect(await probe('macos-15-block-all')).toMatchObject({ status: 'ok' });
  });

  it('says which of the two is on', async () => {
    const software = async (name: string) => {
      const item = await probe(name);
      return item.probe === 'firewall' && item.status === 'ok' ? item.facts.software : null;
    };
    expect(await software('macos-13-off')).toEqual([
      { name: 'pf', active: false },
      { name: 'macos-application-firewall', active: false },
    ]);
    expect(await software('macos-26-pf-inet')).toEqual([
      { name: 'pf', active: true },
      { name: 'macos-application-firewall', active: true },
    ]);
    expect(await software('macos-15-block-all')).toEqual([
      { name: 'macos-application-firewall', active: true },
    ]);
  });

  it('fails where there is no tool at all, and where it is interrupted', async () => {
    expect(await probe('macos-15-nothing')).toMatchObject({ status: 'failed', reason: { code: 'no-tool' } });
    const aborted = await firewall(
      { port: 443, protocol: 'tcp' },
      portsOf(mac('macos-13-off')),
      here(AbortSignal.abort()),
    );
    expect(aborted).toMatchObject({ status: 'failed', reason: { code: 'interrupted' } });
  });

  const without =
    (command: string): ((printed: Printed, of: string) => Printed) =>
    (printed, of) =>
      of.startsWith(command)
        ? { exitCode: 1, stdout: '', stderr: 'pfctl: DIOCGETRULES: Invalid argument\n' }
        : printed;

  it.each([
    [
      'the anchors',
      'pfctl -v -s Anchors',
      'macos-26-default',
      'pf translates addresses: rules that were not read',
    ],
    [
      'one anchor',
      'pfctl -a com.apple/250.ApplicationFirewall -s rules',
      'macos-26-default',
      'pf: an anchor that was not read: anchor "com.apple/*" all',
    ],
    [
      'a table',
      'pfctl -a org.example -t lan',
      'macos-15-pf-lan',
      'pf: pass in quick proto tcp from <lan> to (en0) port = 443 flags S/SA keep state',
    ],
    ['the interfaces', 'pfctl -v -s Interfaces', 'macos-26-default', 'pf: which interfaces it skips'],
  ])('does not guess without %s', async (_, command, name, because) => {
    expect(await lines(name, without(command))).toContain(`ipv4 internet input unknown because ${because}`);
  });

  it('lets all in by an interface that pf skips', async () => {
    const skipping = (printed: Printed, command: string): Printed =>
      command === 'pfctl -v -s Interfaces'
        ? { ...printed, stdout: printed.stdout.replace('en0\n', 'en0 (skip)\n') }
        : printed;
    expect(await lines('macos-26-pf-inet', skipping)).toEqual(all(`accept ${APP} ${NGINX}`));
  });

  it('knows nothing of what launchd opens the port for', async () => {
    const item = await firewall({ port: 22, protocol: 'tcp' }, portsOf(mac('macos-26-default')), here());
    expect(item).toMatchObject({
      facts: {
        decisions: Array.from({ length: 6 }, () => ({
          verdict: 'unknown',
          unknownBecause: 'the program that launchd opens the port for',
        })),
      },
    });
  });
});
