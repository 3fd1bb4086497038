import { MARK_TAG } from '../../model/marks.ts';
import { names, type PolicyDocument, policyOf, route53Rights } from '../dns-records/aws-policy.ts';

/** What the policy is for. */
export interface CdnPolicyFor {
  /** Route 53's id of the zone; null where it isn't known yet. */
  readonly zoneId: string | null;
  readonly name: string;
  /** Null where something else keeps it. */
  readonly originName: string | null;
}

/** The least that plan, up, down and status need, as far as AWS can tell apart (Service Authorization Reference). */
export const cdnIamPolicy = ({ zoneId, name, originName }: CdnPolicyFor): PolicyDocument => {
  const zone = `arn:aws:route53:::hostedzone/${zoneId ?? '*'}`;
  const isOurs = { Null: { [`aws:ResourceTag/${MARK_TAG}`]: 'false' } };
  const becomesOurs = { Null: { [`aws:RequestTag/${MARK_TAG}`]: 'false' } };
  const own = [...new Set([name, ...(originName === null ? [] : [originName])])];
  return policyOf([
    { Sid: 'CertificateLook', Effect: 'Allow', Action: names('acm', 'ListCertificates'), Resource: '*' },
    {
      Sid: 'CertificateRead',
      Effect: 'Allow',
      Action: names('acm', 'DescribeCertificate ListTagsForCertificate'),
      Resource: 'arn:aws:acm:us-east-1:*:certificate/*',
    },
    {
      Sid: 'CertificateMake',
      Effect: 'Allow',
      Action: names('acm', 'RequestCertificate AddTagsToCertificate'),
      Resource: '*',
      Condition: becomesOurs,
    },
    {
      Sid: 'CertificateChangeOwn',
      Effect: 'Allow',
      Action: names('acm', 'DeleteCertificate RemoveTagsFromCertificate'),
      Resource: 'arn:aws:acm:us-east-1:*:certificate/*',
      Condition: isOurs,
    },
    {
      Sid: 'DistributionLook',
      Effect: 'Allow',
      Action: names('cloudfront', 'ListDistributions GetDistribution ListTagsForResource'),
      Resource: '*',
    },
    {
      Sid: 'DistributionMake',
      Effect: 'Allow',
      // Without a condition on tags: whether one reaches it wasn't found out.
      Action: names('cloudfront', 'CreateDistribution'),
      Resource: '*',
    },
    {
      Sid: 'DistributionTag',
      Effect: 'Allow',
      Action: names('cloudfront', 'TagResource'),
      Resource: '*',
      Condition: becomesOurs,
    },
    {
      Sid: 'DistributionChangeOwn',
      Effect: 'Allow',
      Action: names('cloudfront', 'UpdateDistribution DeleteDistribution UntagResource'),
      Resource: 'arn:aws:cloudfront::*:distribution/*',
      Condition: isOurs,
    },
    ...route53Rights({ zoneId, names: own, types: ['A', 'AAAA'] }),
    {
      // ACM chooses the name, which stays the same for every certificate of the account.
      Sid: 'Route53Validate',
      Effect: 'Allow',
      Action: names('route53', 'ChangeResourceRecordSets'),
      Resource: zone,
      Condition: {
        'ForAllValues:StringLike': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`_*.${name}`],
        },
        'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'] },
      },
    },
  ]);
};
