/**
 * Ranges within 2000::/3, which IPv6's public addresses are of, that lead to no host in the internet (IANA IPv6 Special-Purpose Address
 * Registry): protocol assignments and Teredo, documentation twice, 6to4.
 */
export const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '3fff::/20', '2002::/16'] as const;
