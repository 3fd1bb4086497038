/**
 * reach4 itself changes between `up` and `destroy`: the text that is frozen into the state is an older one than the
 * program's. An older program is the compiled one with another text in each dynamic resource.
 */
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateInstancesCommand } from '@aws-sdk/client-lightsail';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { RelayPlan } from '../../src/model/relay-plan.ts';
import { expectFreezable } from '../components/frozen.ts';
import { atRoute53 } from '../components/relay-plans.ts';
import { NAME, ZONE } from '../support/names.ts';
import { type PulumiRun, repository } from './folder.ts';
import { type RelayWorld, relayWorld, tcpPlan } from './relay-world.ts';

/** ms: each command of the engine takes three to ten seconds on two busy cores. */
const LONG = 300_000;

const ZONE_ID = 'Z0123456789';
const OLDER = 'of-an-older-version';

const succeeds = ({ exitCode, output }: PulumiRun): string => {
  expect(exitCode, output).toBe(0);
  return output;
};

/** Puts an older program into the folder and lets Pulumi.yaml name it; returns what brings the new one back. */
async function withOlderProgram(the: RelayWorld): Promise<() => Promise<void>> {
  const older = join(the.folder.path, 'older');
  await cp(join(repository, 'dist'), join(older, 'dist'), { recursive: true });
  await writeFile(join(older, 'package.json'), '{ "type": "module" }');
  const components = join(older, 'dist', 'src', 'components');
  let changed = 0;
  for (const file of await readdir(components)) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(join(components, file), 'utf8');
    if (!text.includes('const provider = ')) continue;
    const changedText = text.replaceAll(
      /const provider = (?:\{|(?<made>\w+\([^)]*\)))/gu,
      (_, made?: string) =>
        `const provider = {\n    version: '${OLDER}',${made === undefined ? '' : ` ...${made} }`}`,
    );
    expect(changedText, file).not.toBe(text);
    await writeFile(join(components, file), changedText);
    changed += 1;
  }
  expect(changed).toBeGreaterThanOrEqual(6);
  const now = await the.folder.read('Pulumi.yaml');
  const project = parse(now) as object;
  await the.folder.write(
    'Pulumi.yaml',
    stringify({ ...project, main: join(older, 'dist', 'stacks', 'index.js') }),
  );
  return () => the.folder.write('Pulumi.yaml', now);
}

interface Frozen {
  type: string;
  text: string;
}

/** The texts in the state, by the types of their resources. */
async function frozenIn(the: RelayWorld): Promise<Frozen[]> {
  const { output } = await the.folder.pulumi(['stack', 'export']);
  const { deployment } = JSON.parse(output) as {
    deployment: { resources: { type: string; inputs?: Record<string, unknown> }[] };
  };
  return deployment.resources.flatMap(({ type, inputs }) =>
    typeof inputs?.__provider === 'string' ? [{ type, text: inputs.__provider }] : [],
  );
}

const kindsOf = (frozen: readonly Frozen[]): string[] =>
  [...new Set(frozen.map(({ type }) => type.replace(/^.*:/u, '')))].sort();

describe('an older program’s stack', { timeout: LONG }, () => {
  test('at Lightsail, with Cloudflare: the new program changes nothing, and it goes in the right order', async () => {
    await using the = await relayWorld();
    const upgrade = await withOlderProgram(the);
    await the.plan(tcpPlan());
    succeeds(await the.up());
    const frozen = await frozenIn(the);
    expect(kindsOf(frozen)).toEqual(['AddressHold', 'Gate', 'Leftovers', 'NameBack', 'NameRecords']);
    expect(frozen.filter(({ text }) => !text.includes(OLDER))).toEqual([]);
    the.timeline();
    await upgrade();
    succeeds(await the.up());
    expect(the.timeline()).toEqual([]);
    // Something that was made and never recorded goes as well.
    await stray(the);
    succeeds(await the.destroy());
    const timeline = the.timeline();
    expect(timeline.filter((each) => each !== 'DeleteInstance')).toEqual([
      'A gone',
      'DetachStaticIp',
      'ReleaseStaticIp',
    ]);
    expect(timeline.filter((each) => each === 'DeleteInstance')).toHaveLength(2);
    expect(the.exists()).toEqual([]);
  });

  test('on EC2, with Route 53: destroyed without an up in between, by the old text alone', async () => {
    await using the = await relayWorld({ aws: { zones: [{ name: ZONE, id: ZONE_ID }] } });
    const upgrade = await withOlderProgram(the);
    await the.plan(ec2Plan());
    succeeds(await the.up());
    const frozen = await frozenIn(the);
    expect(kindsOf(frozen)).toEqual(['AddressHold', 'Gate', 'Leftovers', 'PreviousRecordSets']);
    expect(frozen.filter(({ text }) => !text.includes(OLDER))).toEqual([]);
    await upgrade();
    succeeds(await the.destroy());
    expect(the.exists()).toEqual([]);
  });
});

test('what is frozen is small, and the parser that Pulumi ships reads it', { timeout: LONG }, async () => {
  await using the = await relayWorld();
  await the.plan(tcpPlan());
  succeeds(await the.up());
  const modules: Record<string, string[]> = {
    AddressHold: ['node:dns'],
    Gate: [],
    Leftovers: ['@aws-sdk/client-lightsail'],
    NameBack: [],
    NameRecords: [],
  };
  const frozen = await frozenIn(the);
  expect(kindsOf(frozen)).toEqual(Object.keys(modules).sort());
  for (const { type, text } of frozen) expectFreezable(text, modules[type.replace(/^.*:/u, '')] ?? []);
  succeeds(await the.destroy());
});

const ec2Plan = (): RelayPlan =>
  tcpPlan({
    host: { kind: 'ec2', region: 'eu-central-1', instanceType: 't4g.nano', architecture: 'arm64' },
    dns: atRoute53({ zone: { id: ZONE_ID, name: ZONE }, records: [{ name: NAME, ttl: 60, adopt: false }] }),
  });

async function stray(the: RelayWorld): Promise<void> {
  await the.hand.lightsail.send(
    new CreateInstancesCommand({
      instanceNames: ['reach4-0123456789ab-host-stray'],
      availabilityZone: 'eu-central-1a',
      blueprintId: 'debian_12',
      bundleId: 'nano_3_0',
      tags: [{ key: 'reach4:stack', value: '0123456789ab' }],
    }),
  );
  await the.settled();
}
