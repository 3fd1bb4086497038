/** An error as Cloudflare's API answers it: an HTTP status and one numbered error. */
export class CloudflareError extends Error {
  readonly status: number;
  readonly code: number;
  /** The detailed errors below a general one. */
  readonly chain: readonly Problem[];

  constructor(status: number, problem: Problem, chain: readonly Problem[] = []) {
    super(problem.message);
    this.name = 'CloudflareError';
    this.status = status;
    this.code = problem.code;
    this.chain = chain;
  }
}

interface Problem {
  code: number;
  message: string;
}

function invalid(code: number, message: string): CloudflareError {
  return new CloudflareError(400, { code, message });
}

/** Some checks answer with one general error and the real one in its chain (timothymiller/cloudflare-ddns#179). */
function invalidInChain(code: number, message: string): CloudflareError {
  return new CloudflareError(400, { code: 1004, message: 'DNS Validation Error' }, [{ code, message }]);
}

/**
 * Cloudflare's refusals of DNS records, in its own words. Sources: facts/cloudflare.md (c) and (f), or the issue named.
 * Those marked "own" are this stand-in's: that Cloudflare refuses is known, its number or wording is not.
 */
export const refusal = {
  // CNAME beside A, AAAA or another CNAME (terraform-provider-cloudflare#1247)
  hostTaken: () => invalid(81053, 'An A, AAAA, or CNAME record with that host already exists.'),
  // A or AAAA beside a CNAME (favonia/cloudflare-ddns#990)
  cnameTaken: () => invalid(81054, 'A CNAME record with that host already exists'),
  // the older wording (aaPanel#112)
  recordExists: () => invalid(81057, 'Record already exists.'),
  // the newer wording (ddns-go#1378)
  identicalExists: () => invalid(81058, 'An identical record already exists.'),
  noSuchRecord: () => new CloudflareError(404, { code: 81044, message: 'Record does not exist.' }),
  // own number and wording, after "DNS name is invalid."
  nameInvalid: (name: string) => invalid(9000, `DNS name is invalid: ${name}`),
  // timothymiller/cloudflare-ddns#230
  notIpv4: () => invalid(9005, 'Content for A record must be a valid IPv4 address.'),
  // wherelse/cloudflare-ddns-script#15
  notIpv6: () => invalid(9006, 'Content for AAAA record must be a valid IPv6 address.'),
  // stephenou/fruitionsite#79 (the number is own)
  notHostName: () => invalidInChain(9007, 'Content for CNAME record is invalid.'),
  // own
  contentMissing: (type: string) => invalidInChain(9009, `Content for ${type} record is missing.`),
  // own
  typeUnknown: (type: string) => invalidInChain(9010, `Invalid record type: ${type}`),
  // timothymiller/cloudflare-ddns#179
  ttl: () => invalidInChain(9021, 'TTL must be between 60 and 86400 seconds, or 1 for Automatic.'),
  // DNSControl/dnscontrol#4776
  targetNotProxiable: (content: string) =>
    invalid(9003, `Target ${content} is not allowed for a proxied record.`),
  // own number
  typeNotProxiable: () => invalid(9004, 'This record type cannot be proxied.'),
  // STRRL/cloudflare-tunnel-ingress-controller#168
  comment: (limit: number) =>
    invalid(9313, `DNS record comment exceeds the maximum length of ${limit} characters.`),
} as const;

/** Refusals that have nothing to do with a record. Sources: facts/cloudflare.md (f), or as said. */
export const denial = {
  // ddns-go#916
  malformedToken: () =>
    new CloudflareError(400, { code: 6003, message: 'Invalid request headers' }, [
      { code: 6111, message: 'Invalid format for Authorization header' },
    ]),
  // own number
  noToken: () => new CloudflareError(400, { code: 9106, message: 'Missing Authorization header' }),
  // mailflare#1: for a token without the right as well as for an unknown one
  noAccess: () => new CloudflareError(403, { code: 10000, message: 'Authentication error' }),
  // own: what /user/tokens/verify says of an unknown token
  unknownToken: () => new CloudflareError(401, { code: 1000, message: 'Invalid API Token' }),
  // own number
  noRoute: (path: string) =>
    new CloudflareError(404, {
      code: 7003,
      message: `Could not route to ${path}, perhaps your object identifier is invalid?`,
    }),
  // own
  badJson: () => new CloudflareError(400, { code: 6007, message: 'Malformed JSON in request body' }),
  rateLimited: () =>
    new CloudflareError(429, { code: 10429, message: 'More than 1200 requests per 300 seconds reached.' }),
  conflict: () => new CloudflareError(409, { code: 10409, message: 'Conflict' }),
  broken: () => new CloudflareError(500, { code: 10500, message: 'Internal server error' }),
} as const;

/**
 * Refusals of tunnels. Sources: as said. Those marked "own" are this stand-in's: that Cloudflare refuses is known, its
 * number or wording is not.
 */
export const tunnelRefusal = {
  // facts/cloudflare.md (c); the wording is own
  activeConnections: () => invalid(1022, 'This tunnel has active connections.'),
  // status: cloudflared, cfapi/tunnel.go `StatusConflict`; number and wording: as clients of the API quote them
  nameTaken: () =>
    new CloudflareError(409, {
      code: 1013,
      message:
        'You already have a tunnel with this name. Delete the existing tunnel, or choose a different name for your new tunnel',
    }),
  // own number
  notFound: () => new CloudflareError(404, { code: 1002, message: 'Tunnel not found' }),
  // own
  input: (message: string) => invalid(1003, message),
  // own number; cloudflared's wording
  configuration: (message: string) => invalid(1056, `Bad Configuration: ${message}`),
  // own: a local configuration isn't overwritten by chance
  locallyConfigured: () => invalid(1055, 'This tunnel is configured locally (config_src "local").'),
  // what cloudflared logs: "Unauthorized: Invalid tunnel secret"
  connectorUnauthorized: () =>
    new CloudflareError(401, { code: 1001, message: 'Unauthorized: Invalid tunnel secret' }),
} as const;
