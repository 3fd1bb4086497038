/** hashicorp/terraform-provider-aws, internal/service/acm/certificate_validation.go: waits, and is nothing by itself. */
import type { ResourceType } from '../bridge/resource-type.ts';
import { doing } from '../errors.ts';
import { isGone } from '../gone.ts';
import { regional } from '../tags.ts';
import { waitFor } from '../wait.ts';
import { findCertificate } from './certificate.ts';

const bare = (name: string): string => name.replace(/\.$/, '');

export const certificateValidation: ResourceType = {
  token: 'aws:acm/certificateValidation:CertificateValidation',
  schema: {
    ...regional,
    certificateArn: { type: 'string', required: true, forceNew: true },
    validationRecordFqdns: { type: 'set', optional: true, forceNew: true },
  },
  create: async ({ acm }, data) => {
    const arn = data.text('certificateArn');
    const found = await doing(`reading ACM Certificate (${arn})`, findCertificate(acm, arn));
    const given = data.texts('validationRecordFqdns').map(bare);
    const missing = (found?.DomainValidationOptions ?? []).filter(
      ({ ResourceRecord }) => !given.includes(bare(ResourceRecord?.Name ?? '')),
    );
    const [first] = given.length === 0 ? [] : missing;
    if (first !== undefined) {
      throw new Error(
        `missing ${first.DomainName} DNS validation record: ${bare(first.ResourceRecord?.Name ?? '')}`,
      );
    }
    const look = async () => (await findCertificate(acm, arn))?.Status;
    const waiting = waitFor(look, { pending: ['PENDING_VALIDATION'], target: ['ISSUED'] });
    await doing(`waiting for ACM Certificate (${arn}) to be issued`, waiting);
    // Of the time before it was issued, so mostly none.
    data.id = String(found?.IssuedAt ?? '0001-01-01 00:00:00 +0000 UTC');
  },
  read: async ({ acm }, data) => {
    const arn = data.text('certificateArn');
    const what = `reading ACM Certificate (${arn})`;
    const found = await doing(what, findCertificate(acm, arn));
    if (!isGone(found?.Status === 'ISSUED' ? found : undefined, data, what)) {
      data.set({ certificateArn: found?.CertificateArn });
    }
  },
  delete: async () => {},
};
