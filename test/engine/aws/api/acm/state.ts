import { createHash, randomUUID } from 'node:crypto';
import type { Existing, Region } from '../account.ts';
import { AwsError } from '../errors.ts';
import { fullName } from '../route53/zones.ts';

export interface Certificate {
  arn: string;
  domainName: string;
  /** With the domain name itself, as ACM adds it. */
  names: string[];
  status: 'PENDING_VALIDATION' | 'ISSUED';
  createdAt: Date;
  issuedAt: Date | undefined;
  /** Whether it says which records validate it. */
  hasRecords: boolean;
  /** Its records were seen, and it will be issued in a while. */
  isSeen: boolean;
  tags: Record<string, string>;
  idempotencyToken: string | undefined;
}

/** The certificates of one region. */
export class Certificates {
  all: Certificate[] = [];
  readonly region: Region;

  constructor(region: Region) {
    this.region = region;
  }

  get(arn: string): Certificate {
    this.validate();
    const found = this.all.find((one) => one.arn === arn);
    if (found === undefined) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Could not find certificate ${arn} in account ${this.region.account.id}.`,
      );
    }
    return found;
  }

  add(given: Pick<Certificate, 'domainName' | 'names' | 'tags' | 'idempotencyToken'>): Certificate {
    const { account, name } = this.region;
    const certificate: Certificate = {
      ...given,
      arn: `arn:aws:acm:${name}:${account.id}:certificate/${randomUUID()}`,
      status: 'PENDING_VALIDATION',
      createdAt: account.now,
      issuedAt: undefined,
      hasRecords: false,
      isSeen: false,
    };
    this.all.push(certificate);
    account.schedule.after(account.settings.times.acmRecord, () => {
      certificate.hasRecords = true;
    });
    return certificate;
  }

  /** Looks in public DNS, as ACM does by itself all the time: here whenever somebody looks. */
  validate(): void {
    const { account } = this.region;
    for (const certificate of this.all) {
      if (!certificate.isSeen && certificate.names.every((name) => this.#isProven(name))) {
        certificate.isSeen = true;
        account.schedule.after(account.settings.times.acmIssue, () => {
          certificate.status = 'ISSUED';
          certificate.issuedAt = account.now;
        });
      }
    }
  }

  /** The same for every certificate that the account has of the name (ACM user guide, "DNS validation"). */
  recordFor(domain: string): { Name: string; Type: 'CNAME'; Value: string } {
    const hash = (text: string) =>
      createHash('md5').update(`${this.region.account.id} ${domain} ${text}`).digest('hex');
    const bare = domain.replace(/^\*\./, '');
    return {
      Name: `_${hash('name')}.${bare}.`,
      Type: 'CNAME',
      Value: `_${hash('value')}.jkddzztszm.acm-validations.aws.`,
    };
  }

  #isProven(domain: string): boolean {
    const { Name, Value } = this.recordFor(domain);
    return this.region.account.zones.all
      .filter(({ isPrivate }) => !isPrivate)
      .some(({ sets }) =>
        (sets.get(`${fullName(Name)} CNAME`)?.ResourceRecords ?? []).some(
          (record) => fullName(record.Value ?? '') === fullName(Value),
        ),
      );
  }

  exists(): Omit<Existing, 'region'>[] {
    return this.all.map(({ arn, tags }) => ({ service: 'acm', type: 'certificate', id: arn, tags }));
  }
}

/** A name, or one label for the star (RFC 6125, 6.4.3). */
export const covers = ({ names }: Certificate, host: string): boolean =>
  names.some((name) => name === host || (name.startsWith('*.') && host.replace(/^[^.]+/, '*') === name));
