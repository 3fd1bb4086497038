import { testCredentials } from '../aws/api/access.ts';
import type { Aws } from '../aws/api/server.ts';
import type { faultProject } from './project.ts';
import type { FaultSpec, FaultWorld } from './world.ts';

type Project = Awaited<ReturnType<typeof faultProject>>;

const program = testCredentials('program');

/** Who calls the stand-in for AWS. */
export const AWS_CALLERS = { [program.accessKeyId]: {} };

/** What a project at the stand-in for AWS needs. */
export const awsProject = ({ url }: Pick<Aws, 'url'>) =>
  ({
    provider: 'aws',
    environment: {
      AWS_ACCESS_KEY_ID: program.accessKeyId,
      AWS_SECRET_ACCESS_KEY: program.secretAccessKey,
      AWS_ENDPOINT_URL: url,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    providerEnvironment: { AWS_REGION: 'us-east-1' },
  }) as const;

/** The side of a fault world that is AWS's. */
export const awsSide = (
  aws: Aws,
  project: Project,
): Pick<FaultWorld, 'calls' | 'reset' | 'fail' | 'save'> => ({
  calls: () =>
    aws.calls.log.map(({ action, write, fault }) => ({
      action,
      writes: write !== null,
      struck: fault !== undefined,
    })),
  reset: () => aws.reset(),
  fail: (spec) => aws.fail({ ...faultAt(spec), action: spec.action, nth: spec.occurrence, among: 'all' }),
  save: async (name) => {
    const state = await project.save(name);
    const cloud = aws.account.save();
    return async () => {
      await state();
      await aws.account.load(cloud);
      aws.reset();
    };
  },
});

function faultAt({ kind, moment, victims }: FaultSpec) {
  const faults = {
    '500': { kind: 'server-error' },
    '429': { kind: 'throttle' },
    'time-out': { kind: 'hang' },
    // The vendor's provider, one of the stack's own, or the program itself.
    'kill-provider': { kind: 'kill-caller' },
    'kill-engine': { kind: 'kill', pid: victims.engine },
  } as const;
  return { ...faults[kind], at: moment };
}
