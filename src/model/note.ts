import { z } from 'zod';
import { addressSchema } from './address.ts';
import { finding } from './findings/finding-of.ts';
import { portSchema } from './port.ts';

const aspectSchema = z.enum([
  'addresses',
  'firewall',
  'forward',
  'listeners',
  'public-address',
  'reach',
  'records',
  'resolvers',
  'routes',
  'trace',
  'wan-address',
  'way-in',
]);
/** What two observers may tell of differently. */
export type Aspect = z.infer<typeof aspectSchema>;

/** Who said it, and when: the observer as ids of evidence name it. */
const witness = z.object({ observer: z.string(), at: z.iso.datetime() });
export type Witness = z.infer<typeof witness>;

/** What is to be known of the evidence itself, beside the causes: its age, and where it contradicts itself. */
export const noteSchema = z.discriminatedUnion('code', [
  /** Judged from files: nothing was looked at from here. */
  finding('files-alone', {}),
  /** Addresses and names are stand-ins. */
  finding('redacted', {}),
  /** Older than a day beside now or the newest of the evidence. */
  finding('old', { ...witness.shape, hours: z.int().min(1) }),
  /** By its clock it was seen later than now. */
  finding('clock-ahead', { ...witness.shape, minutes: z.int().min(1) }),
  /** Newer evidence says otherwise: the older wasn't judged. */
  finding('replaced', { aspect: aspectSchema, older: witness, newer: witness }),
  /** At the same time, or where nobody can tell which is right: nothing is confirmed by either. */
  finding('contradictory', { aspect: aspectSchema, witnesses: z.array(witness).min(2) }),
  /** Places outside that see different things at one address. */
  finding('vantages-disagree', {
    address: addressSchema,
    port: portSchema,
    works: z.array(witness),
    fails: z.array(witness),
  }),
  /** Two observers say that they are the server, and have no address in common. */
  finding('different-machines', { witnesses: z.array(witness).min(2) }),
]);
export type Note = z.infer<typeof noteSchema>;
