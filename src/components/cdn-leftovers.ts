import type * as pulumi from '@pulumi/pulumi';
import { type Inputs, Leftovers, lifecycle } from './leftovers.ts';
import type { LeftoversArgs } from './relay-host.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for the SDK's clients, which are looked up where the text runs.

type CloudFrontSdk = typeof import('@aws-sdk/client-cloudfront');
type AcmSdk = typeof import('@aws-sdk/client-acm');

/** Seconds that CloudFront has to carry a change to all its edges; mostly it takes five minutes. */
const DEPLOYMENT_SECONDS = 1800;

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function options() {
  // A call that gets no answer is tried again, as one that is refused for the moment.
  const requestHandler = { connectionTimeout: 10000, requestTimeout: 20000, throwOnRequestTimeout: true };
  // CloudFront's API, and the certificates that it takes, are in this region whatever else the account uses.
  return { region: 'us-east-1', maxAttempts: 5, requestHandler };
}

/** Ids of the distributions whose comment bears the stack's mark. */
async function markedDistributions(sdk: CloudFrontSdk, mark: string): Promise<string[]> {
  const cloudFront = new sdk.CloudFrontClient(options());
  const found: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await cloudFront.send(new sdk.ListDistributionsCommand(Marker ? { Marker } : {}));
    const list = page.DistributionList;
    for (const each of list?.Items || []) {
      if (String(each.Comment).indexOf(`reach4-${mark}-`) === 0) {
        found.push(String(each.Id));
      }
    }
    Marker = list?.IsTruncated ? list.NextMarker : undefined;
  } while (Marker);
  return found;
}

/** One that is on, or whose last change isn't at all edges yet, can't be deleted. */
async function removeDistribution(sdk: CloudFrontSdk, Id: string): Promise<void> {
  const cloudFront = new sdk.CloudFrontClient(options());
  for (let waited = 0; waited <= DEPLOYMENT_SECONDS; ) {
    try {
      const found = await cloudFront.send(new sdk.GetDistributionCommand({ Id }));
      const config = found.Distribution?.DistributionConfig;
      if (config?.Enabled) {
        const DistributionConfig = { ...config, Enabled: false };
        await cloudFront.send(
          new sdk.UpdateDistributionCommand({ Id, IfMatch: found.ETag, DistributionConfig }),
        );
      } else if (found.Distribution && found.Distribution.Status === 'Deployed') {
        await cloudFront.send(new sdk.DeleteDistributionCommand({ Id, IfMatch: found.ETag }));
        return;
      }
    } catch (error) {
      const { name } = error as Error;
      if (name === 'NoSuchDistribution') {
        return;
      }
      // Somebody else changes it, or CloudFront hasn't seen its own answer: look again.
      if (name !== 'PreconditionFailed' && name !== 'DistributionNotDisabled') {
        throw error;
      }
    }
    const step = waited < 10 ? 1 : 10;
    await pause(step);
    waited += step;
  }
  throw new Error(`CloudFront was told to disable ${Id} half an hour ago and still hasn't.`);
}

/** Removes what an `up` that broke off made and never recorded, and what has the name that a new one wants. */
export async function removeMarkedDistributions(sdk: CloudFrontSdk, mark: string): Promise<void> {
  for (const id of await markedDistributions(sdk, mark)) {
    await removeDistribution(sdk, id);
  }
}

/** ARNs of the certificates with the stack's tag. */
async function markedCertificates(sdk: AcmSdk, mark: string): Promise<string[]> {
  const acm = new sdk.ACMClient(options());
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await acm.send(new sdk.ListCertificatesCommand(NextToken ? { NextToken } : {}));
    for (const each of page.CertificateSummaryList || []) {
      const CertificateArn = String(each.CertificateArn);
      const { Tags } = await acm.send(new sdk.ListTagsForCertificateCommand({ CertificateArn }));
      if ((Tags || []).some((tag) => tag.Key === 'reach4:stack' && tag.Value === mark)) {
        found.push(CertificateArn);
      }
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** For a while a certificate counts as used by a distribution that is gone. */
async function removeCertificate(sdk: AcmSdk, CertificateArn: string): Promise<void> {
  const acm = new sdk.ACMClient(options());
  for (let waited = 0; ; waited += 5) {
    try {
      await acm.send(new sdk.DeleteCertificateCommand({ CertificateArn }));
      return;
    } catch (error) {
      const { name } = error as Error;
      if (name === 'ResourceNotFoundException') {
        return;
      }
      if (name !== 'ResourceInUseException' || waited >= 1200) {
        throw error;
      }
    }
    await pause(5);
  }
}

const cloudFrontSdk = () => require('@aws-sdk/client-cloudfront') as CloudFrontSdk;
const acmSdk = () => require('@aws-sdk/client-acm') as AcmSdk;

async function leftovers({ mark }: Inputs, kept: string[]): Promise<string[]> {
  const distributions = await markedDistributions(cloudFrontSdk(), mark);
  const certificates = await markedCertificates(acmSdk(), mark);
  return distributions.concat(certificates).filter((id) => kept.indexOf(id) === -1);
}

async function sweep({ mark }: Inputs, kept: string[]): Promise<void> {
  for (const id of await markedDistributions(cloudFrontSdk(), mark)) {
    if (kept.indexOf(id) === -1) {
      console.log(
        `Removing the distribution ${id}: it bears the stack's mark, and the stack doesn't hold it.`,
      );
      await removeDistribution(cloudFrontSdk(), id);
    }
  }
  for (const arn of await markedCertificates(acmSdk(), mark)) {
    if (kept.indexOf(arn) === -1) {
      console.log(
        `Removing the certificate ${arn}: it bears the stack's mark, and the stack doesn't hold it.`,
      );
      await removeCertificate(acmSdk(), arn);
    }
  }
}

const provider = lifecycle({ leftovers, sweep });

/** Leftovers of a stack with a distribution. */
export class CdnLeftovers extends Leftovers {
  constructor(name: string, args: LeftoversArgs, options?: pulumi.CustomResourceOptions) {
    super(provider, name, args, options);
  }
}
