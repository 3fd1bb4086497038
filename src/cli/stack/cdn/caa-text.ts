import { type CaaSet, issuersOf, tagsInTheWay } from '../../../model/caa.ts';
import { AMAZON_CAA } from '../../../remedies/cdn/caa.ts';

/** What CAA records have against the certificate, and what to do: without a full stop, for more may follow. */
export function caaText({ name, set }: { readonly name: string; readonly set: CaaSet }): string {
  const [odd] = tagsInTheWay(set.records);
  if (odd !== undefined) {
    return `The CAA records of ${set.at} have a critical one that authorities don't know ("${odd}"), so none may issue a certificate for ${name}, and CloudFront needs one; take it out`;
  }
  const issuers = issuersOf(set.records)?.join(' and ') ?? '';
  const whom = issuers === '' ? "don't let anybody" : `let only ${issuers}`;
  return `The CAA records of ${set.at} ${whom} issue certificates for ${name}, and CloudFront's comes from Amazon; add ${set.at} CAA ${AMAZON_CAA} beside them`;
}
