import type { RRType } from '@aws-sdk/client-route-53';
import type { Plan } from '../../../src/model/plan.ts';
import { fullName, keyOf } from '../aws/api/route53/zones.ts';
import { type Aws, startAws } from '../aws/api/server.ts';
import { AWS_CALLERS, awsProject, awsSide } from './aws.ts';
import { faultProject } from './project.ts';
import type { FaultWorld, Phase } from './world.ts';

export const HOSTED_ZONE_ID = 'Z0FAULTS';

interface HostedSet {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly values: readonly string[];
}

/** What a stack with records at Route 53 is tried with. */
export interface HostedSubject {
  readonly zone: string;
  /** What somebody has there already, and what `destroy` has to give back. */
  readonly sets: readonly HostedSet[];
  plan(phase: Phase): Plan;
  /** The sets, a line each as `shownSets` gives them, that an `up` of the phase leads to. */
  wanted(phase: Phase, aws: Aws): readonly string[];
  /** Somebody changes by hand what the stack has made: this set is written. */
  readonly meddled: HostedSet;
  /** What is wrong beside records, with the ids that the state has by type; null where nothing is. */
  readonly beside?: (aws: Aws, idsOf: (type: string) => string[], phase: Phase) => string | null;
  readonly environment?: Readonly<Record<string, string>>;
}

/** `home.example.org. A 300 192.0.2.1`, `home.example.org. A alias d1.cloudfront.net`; without the zone's own. */
const shownSets = (aws: Aws): string[] =>
  [...aws.account.zones.get(HOSTED_ZONE_ID).sets.values()]
    .filter(({ Type }) => Type !== 'NS' && Type !== 'SOA')
    .map(({ Name, Type, TTL, ResourceRecords = [], AliasTarget }) =>
      AliasTarget === undefined
        ? `${Name} ${Type} ${TTL} ${ResourceRecords.map(({ Value }) => Value).join(',')}`
        : `${Name} ${Type} alias ${AliasTarget.DNSName?.replace(/\.$/u, '')}`,
    )
    .toSorted();

/** A stack whose cloud is AWS's stand-in, with a zone at Route 53. */
export async function hostedFaultWorld(subject: HostedSubject): Promise<FaultWorld> {
  const { zone, sets } = subject;
  const records = sets.map(({ values, ...set }) => ({ ...set, values: [...values] }));
  const aws = await startAws({
    callers: AWS_CALLERS,
    zones: [{ name: zone, id: HOSTED_ZONE_ID, records }],
    // As short as it may be and still be seen.
    times: { route53Pending: 20, acmRecord: 20, acmIssue: 20, cloudfrontDeploy: 20, cloudfrontRelease: 20 },
  });
  const before = shownSets(aws);
  const { environment, ...rest } = awsProject(aws);
  const project = await faultProject({ ...rest, environment: { ...environment, ...subject.environment } });
  return {
    ...project,
    ...awsSide(aws, project),
    configure: (phase) => project.configure(subject.plan(phase)),
    meddle: () => {
      const { name, type, ttl, values } = subject.meddled;
      const ResourceRecords = values.map((Value) => ({ Value }));
      const { sets } = aws.account.zones.get(HOSTED_ZONE_ID);
      sets.set(keyOf({ Name: name, Type: type as RRType }), {
        Name: fullName(name),
        Type: type as RRType,
        TTL: ttl,
        ResourceRecords,
      });
    },
    left: () => {
      const now = shownSets(aws);
      return [
        ...now.filter((line) => !before.includes(line)),
        ...before.filter((line) => !now.includes(line)).map((line) => `not put back: ${line}`),
        ...aws.exists().flatMap(({ type, id }) => (type === 'record' ? [] : [`${type} ${id}`])),
      ];
    },
    unsound: async (phase) => {
      const now = shownSets(aws);
      const wanted = [...subject.wanted(phase, aws)].sort();
      if (now.join('\n') !== wanted.join('\n')) {
        return `there is ${now.join('; ')}; wanted is ${wanted.join('; ')}`;
      }
      const resources = await project.resources();
      const idsOf = (type: string) =>
        resources.flatMap((each) => (each.type === type && each.delete !== true ? [each.id ?? ''] : []));
      return subject.beside?.(aws, idsOf, phase) ?? null;
    },
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]();
      await aws.stop();
    },
  };
}
