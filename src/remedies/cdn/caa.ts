import { type CaaSet, mayIssue } from '../../model/caa.ts';

/** By which ACM's authority knows itself in CAA records (ACM user guide, "Configure a CAA record"). */
const AMAZON: readonly string[] = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'];

/** What a person adds, so that ACM may issue. */
export const AMAZON_CAA = '0 issue "amazon.com"';

/** Where they don't, ACM ends the request with CAA_ERROR, after its own record is there. */
export const letsAmazonIssue = (set: CaaSet): boolean => mayIssue(set, AMAZON);
