/**
 * What CloudFront includes each month for every account, and what each GB out beyond costs in North America and Europe;
 * elsewhere it is more. US dollars (aws.amazon.com/cloudfront/pricing, "Always free", pay as you go). As of:
 */
export const CDN_PRICES_AS_OF = '2026-10';

export const CDN_TRAFFIC = { includedGB: 1024, perGBUSD: 0.085 } as const;

/** Requests a month that are included; beyond, ten thousand by HTTPS cost about a cent. */
export const CDN_REQUESTS = 10_000_000;
