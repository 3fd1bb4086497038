import type * as pulumi from '@pulumi/pulumi';
import { type Inputs, Leftovers, lifecycle } from './leftovers.ts';
import type { LeftoversArgs } from './relay-host.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for the SDK's clients, which are looked up where the text runs.

type Ec2 = import('@aws-sdk/client-ec2').EC2Client;
type CloudWatch = import('@aws-sdk/client-cloudwatch').CloudWatchClient;
/** One thing of the stack's, by the words for it, its id, and how it is removed. */
type Marked = { what: string; id: string; remove: () => Promise<unknown> };
interface Clients {
  ec2: Ec2;
  cloudWatch: CloudWatch;
}

const sdk = () => require('@aws-sdk/client-ec2') as typeof import('@aws-sdk/client-ec2');
const alarms = () => require('@aws-sdk/client-cloudwatch') as typeof import('@aws-sdk/client-cloudwatch');

function clientsFor(region: string): Clients {
  // A call that gets no answer is tried again, as one that is refused for the moment.
  const requestHandler = { connectionTimeout: 10000, requestTimeout: 20000, throwOnRequestTimeout: true };
  const options = { region, maxAttempts: 5, requestHandler };
  return {
    ec2: new (sdk().EC2Client)(options),
    cloudWatch: new (alarms().CloudWatchClient)(options),
  };
}

/** All pages of one list. */
async function all<T>(page: (token: string | undefined) => Promise<[T[] | undefined, string | undefined]>) {
  const found: T[] = [];
  let token: string | undefined;
  do {
    const [some, next] = await page(token);
    found.push(...(some || []));
    token = next;
  } while (token);
  return found;
}

const words = (id: string | undefined): string => String(id);
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Carries a call out, again while others still depend on the thing; that it is gone already is as good. */
async function settled(call: () => Promise<unknown>): Promise<void> {
  // Seconds that AWS takes at most until what was deleted no longer counts.
  for (let waited = 0; ; waited += 3) {
    try {
      await call();
      return;
    } catch (error) {
      const name = words((error as { name?: string }).name);
      if (/NotFound|NotAttached|\.Malformed/.test(name)) {
        return;
      }
      if (waited >= 120 || !/DependencyViolation|InUse/.test(name)) {
        throw error;
      }
    }
    await pause(3);
  }
}

async function alarmsOf({ cloudWatch }: Clients, mark: string): Promise<Marked[]> {
  const { DescribeAlarmsCommand, DeleteAlarmsCommand } = alarms();
  const found = await all(async (NextToken) => {
    const input = { AlarmNamePrefix: `reach4-${mark}-`, ...(NextToken ? { NextToken } : {}) };
    const page = await cloudWatch.send(new DescribeAlarmsCommand(input));
    return [page.MetricAlarms, page.NextToken];
  });
  return found.map(({ AlarmName }) => ({
    what: 'alarm',
    id: words(AlarmName),
    remove: () => cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [words(AlarmName)] })),
  }));
}

/** By tag, in the order in which they can go: each after what depends on it. */
async function resourcesOf({ ec2 }: Clients, mark: string): Promise<Marked[]> {
  const { DescribeInstancesCommand, TerminateInstancesCommand, DescribeAddressesCommand } = sdk();
  const { DisassociateAddressCommand, ReleaseAddressCommand, DescribeSubnetsCommand } = sdk();
  const { DeleteSubnetCommand, DescribeSecurityGroupsCommand, DeleteSecurityGroupCommand } = sdk();
  const { DescribeInternetGatewaysCommand, DetachInternetGatewayCommand, DescribeVpcsCommand } = sdk();
  const { DeleteInternetGatewayCommand, DeleteVpcCommand, DescribeRouteTablesCommand } = sdk();
  const { DeleteRouteTableCommand } = sdk();
  const Filters = [{ Name: 'tag:reach4:stack', Values: [mark] }];
  const going = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }];
  const reservations = await all(async (NextToken) => {
    const page = await ec2.send(new DescribeInstancesCommand({ Filters: Filters.concat(going), NextToken }));
    return [page.Reservations, page.NextToken];
  });
  const instances = reservations.flatMap(({ Instances }) => Instances || []);
  const { Addresses } = await ec2.send(new DescribeAddressesCommand({ Filters }));
  const { InternetGateways } = await ec2.send(new DescribeInternetGatewaysCommand({ Filters }));
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters }));
  return [
    instances.map(({ InstanceId: id }) => ({
      what: 'instance',
      id: words(id),
      remove: async () => {
        await settled(() => ec2.send(new TerminateInstancesCommand({ InstanceIds: [words(id)] })));
        await untilTerminated(ec2, words(id));
      },
    })),
    (Addresses || []).map(({ AllocationId, AssociationId }) => ({
      what: 'address',
      id: words(AllocationId),
      remove: async () => {
        if (AssociationId) {
          await settled(() => ec2.send(new DisassociateAddressCommand({ AssociationId })));
        }
        await settled(() => ec2.send(new ReleaseAddressCommand({ AllocationId })));
      },
    })),
    (InternetGateways || []).map(({ InternetGatewayId, Attachments }) => ({
      what: 'internet gateway',
      id: words(InternetGatewayId),
      remove: async () => {
        for (const { VpcId } of Attachments || []) {
          await settled(() => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })));
        }
        await settled(() => ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId })));
      },
    })),
    (Subnets || []).map(({ SubnetId }) => ({
      what: 'subnet',
      id: words(SubnetId),
      remove: () => settled(() => ec2.send(new DeleteSubnetCommand({ SubnetId }))),
    })),
    // After the subnets: those take their associations along.
    (RouteTables || []).map(({ RouteTableId }) => ({
      what: 'route table',
      id: words(RouteTableId),
      remove: () => settled(() => ec2.send(new DeleteRouteTableCommand({ RouteTableId }))),
    })),
    (SecurityGroups || []).map(({ GroupId }) => ({
      what: 'security group',
      id: words(GroupId),
      remove: () => settled(() => ec2.send(new DeleteSecurityGroupCommand({ GroupId }))),
    })),
    (Vpcs || []).map(({ VpcId }) => ({
      what: 'VPC',
      id: words(VpcId),
      remove: () => settled(() => ec2.send(new DeleteVpcCommand({ VpcId }))),
    })),
  ].flat();
}

async function untilTerminated(ec2: Ec2, id: string): Promise<void> {
  const { DescribeInstancesCommand } = sdk();
  // Seconds until one is gone: a minute or two.
  for (let waited = 0; waited <= 600; waited += 3) {
    try {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      const [instance] = (Reservations || []).flatMap(({ Instances }) => Instances || []);
      if (!instance || (instance.State && instance.State.Name === 'terminated')) {
        return;
      }
    } catch (error) {
      if (/NotFound/.test(words((error as { name?: string }).name))) {
        return;
      }
      throw error;
    }
    await pause(3);
  }
  throw new Error(`The instance ${id} was told to terminate and still hasn't.`);
}

async function markedBeside({ region, mark }: Inputs, kept: string[]): Promise<Marked[]> {
  const clients = clientsFor(region);
  const found = (await alarmsOf(clients, mark)).concat(await resourcesOf(clients, mark));
  return found.filter(({ id }) => kept.indexOf(id) === -1);
}

async function sweep(inputs: Inputs, kept: string[]): Promise<void> {
  for (const { what, id, remove } of await markedBeside(inputs, kept)) {
    console.log(`Removing the ${what} ${id}: it bears the stack's mark, and the stack doesn't hold it.`);
    await remove();
  }
}

const leftovers = async (inputs: Inputs, kept: string[]): Promise<string[]> =>
  (await markedBeside(inputs, kept)).map(({ id }) => id);

const provider = lifecycle({ leftovers, sweep });

/** Leftovers on EC2. */
export class Ec2Leftovers extends Leftovers {
  constructor(name: string, args: LeftoversArgs, options?: pulumi.CustomResourceOptions) {
    super(provider, name, args, options);
  }
}
