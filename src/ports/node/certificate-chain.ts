import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { Identity } from '../../model/identity.ts';
import { identityOf } from './identify-tls.ts';

/** Certificates of a chain: real ones have three or four. */
const MAX_CHAIN = 8;

/**
 * Who showed these certificates to somebody else, told as if it had been us: the chain is followed to an authority that this
 * machine trusts. Null where the first one can't be read.
 * @param pems the server's own first; the rest in any order
 * @param now for the dates of validity
 */
export function identifyByChain(pems: readonly string[], name: string | null, now: Date): Identity | null {
  const [leaf, ...rest] = pems.slice(0, MAX_CHAIN).map(readCertificate);
  if (leaf === undefined || leaf === null) return null;
  const others = rest.filter((each) => each !== null);
  const identity = identityOf(leaf, name, isTrusted(leaf, others, now));
  return identity.kind === 'tls' ? identity : null;
}

/** Signed, step by step, by authorities up to a root that Node comes with. */
function isTrusted(leaf: X509Certificate, others: readonly X509Certificate[], now: Date): boolean {
  let current = leaf;
  for (let steps = 0; steps <= MAX_CHAIN; steps += 1) {
    if (!isValid(current, now)) return false;
    if (roots().some((root) => signed(root, current))) return true;
    const next = others.find((each) => each.ca && signed(each, current));
    if (next === undefined || next === current) return false;
    current = next;
  }
  return false;
}

const isValid = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate <= now && now <= validToDate;

const signed = (issuer: X509Certificate, subject: X509Certificate): boolean => {
  try {
    return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
  } catch {
    // OpenSSL takes certificates whose keys it can't read.
    return false;
  }
};

let known: X509Certificate[] | undefined;
const roots = (): readonly X509Certificate[] => {
  known ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return known;
};

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
