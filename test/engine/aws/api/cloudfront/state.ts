import { randomBytes } from 'node:crypto';
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { Account, Existing } from '../account.ts';
import { AwsError } from '../errors.ts';

export interface Distribution {
  /** `E…` */
  id: string;
  arn: string;
  /** `d….cloudfront.net` */
  domainName: string;
  config: DistributionConfig;
  etag: string;
  status: 'InProgress' | 'Deployed';
  modifiedAt: Date;
  tags: Record<string, string>;
}

/** CloudFront's part of an account; it has no regions. */
export class Distributions {
  all: Distribution[] = [];
  /** Certificates that distributions had which are gone, for a while, by ARN of the distribution. */
  lately = new Map<string, string>();
  readonly account: Account;

  constructor(account: Account) {
    this.account = account;
  }

  get(id: string): Distribution {
    const found = this.all.find((one) => one.id === id);
    if (found === undefined) {
      throw new AwsError('NoSuchDistribution', 'The specified distribution does not exist.', 404);
    }
    return found;
  }

  byArn(arn: string): Distribution {
    const found = this.all.find((one) => one.arn === arn);
    if (found === undefined) {
      throw new AwsError('NoSuchResource', 'The specified resource does not exist.', 404);
    }
    return found;
  }

  byDomain(domainName: string): Distribution | undefined {
    return this.all.find((one) => one.domainName === domainName);
  }

  add(config: DistributionConfig, tags: Record<string, string>): Distribution {
    const id = `E${randomBytes(7).toString('hex').toUpperCase().slice(0, 13)}`;
    const distribution: Distribution = {
      id,
      arn: `arn:aws:cloudfront::${this.account.id}:distribution/${id}`,
      domainName: `d${randomBytes(7).toString('hex').slice(0, 13)}.cloudfront.net`,
      config,
      etag: '',
      status: 'InProgress',
      modifiedAt: this.account.now,
      tags,
    };
    this.all.push(distribution);
    this.change(distribution, config);
    return distribution;
  }

  /** All edges get it in a while. */
  change(distribution: Distribution, config: DistributionConfig): void {
    const etag = `E${randomBytes(7).toString('hex').toUpperCase().slice(0, 13)}`;
    Object.assign(distribution, { config, etag, status: 'InProgress', modifiedAt: this.account.now });
    this.account.schedule.after(this.account.settings.times.cloudfrontDeploy, () => {
      if (distribution.etag === etag) {
        distribution.status = 'Deployed';
      }
    });
  }

  remove({ id, arn, config }: Distribution): void {
    this.all = this.all.filter((one) => one.id !== id);
    const certificate = config.ViewerCertificate?.ACMCertificateArn;
    if (certificate !== undefined) {
      this.lately.set(arn, certificate);
      this.account.schedule.after(this.account.settings.times.cloudfrontRelease, () => {
        this.lately.delete(arn);
      });
    }
  }

  /** ARNs of the distributions that have a certificate. */
  usersOf(certificate: string): string[] {
    const now = this.all.filter(({ config }) => config.ViewerCertificate?.ACMCertificateArn === certificate);
    const lately = [...this.lately].filter(([, had]) => had === certificate);
    return [...now.map(({ arn }) => arn), ...lately.map(([arn]) => arn)];
  }

  contents() {
    return { all: this.all, lately: this.lately };
  }

  fill(contents: ReturnType<Distributions['contents']>): void {
    Object.assign(this, contents);
  }

  exists(): Omit<Existing, 'region'>[] {
    return this.all.map(({ id, tags }) => ({ service: 'cloudfront', type: 'distribution', id, tags }));
  }
}
