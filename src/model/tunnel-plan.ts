import { z } from 'zod';
import { comingBack } from './coming-back.ts';
import { isWithin } from './dns-name.ts';
import { identitySchema } from './identity.ts';
import { lostPortSchema } from './lost-port.ts';
import { markedName } from './marks.ts';
import { AUTOMATIC_TTL, type WantedRecord } from './name-records.ts';
import { hostNameSchema } from './relay.ts';
import { targetSchema } from './target.ts';
import { zoneIdSchema, zoneRecordSchema } from './zone-records.ts';

/** Schemes of a program that a tunnel for the web can lead to; the others need a client beside the browser. */
const SERVICE_SCHEMES = ['http:', 'https:'] as const;

/**
 * Where cloudflared leads to: a scheme, a host and perhaps a port, and nothing else, because cloudflared passes the
 * visitor's path on (cloudflare/cloudflared, ingress `validateIngress`).
 */
export const tunnelServiceSchema = z.string().refine(isTunnelService, {
  error: 'expected http:// or https:// with a host and perhaps a port, such as https://localhost:443',
});

function isTunnelService(text: string): boolean {
  if (!URL.canParse(text) || text.endsWith('/')) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  const isBare = `${username}${password}${search}${hash}` === '' && pathname === '/';
  return SERVICE_SCHEMES.some((scheme) => scheme === protocol) && hostname !== '' && isBare;
}

/** What cloudflared does with requests for the name; every other name gets 404. */
const tunnelIngressSchema = z
  .object({
    service: tunnelServiceSchema,
    /** The name that the program's certificate must hold; null where it speaks no TLS. */
    originServerName: hostNameSchema.nullable(),
    /** The certificate is none that cloudflared would trust: it is taken as it is. */
    noTlsVerify: z.boolean(),
  })
  .refine(({ service, originServerName }) => service.startsWith('https:') === (originServerName !== null), {
    error: 'only a program that speaks TLS has a certificate, and it needs its name',
  });
export type TunnelIngress = z.infer<typeof tunnelIngressSchema>;

const tunnelPlanShape = z.object({
  schema: z.literal('reach4/plan/1'),
  remedy: z.literal('tunnel'),
  provider: z.literal('cloudflare'),
  target: targetSchema,
  /** Marks the tunnel as the stack's, 12 hexadecimal digits. Stays the same when planned again. */
  id: z.string().regex(/^[0-9a-f]{12}$/u),
  /** Tunnels belong to an account; the name may only lead to one of its own account. */
  account: z.object({ id: zoneIdSchema, name: z.string() }),
  zone: z.object({ id: zoneIdSchema, name: hostNameSchema }),
  /** The name that visitors type, which becomes an alias of the tunnel. */
  name: hostNameSchema,
  ingress: tunnelIngressSchema,
  /** Of the record that leads to the tunnel. */
  comment: z.string(),
  /** The A and AAAA records that were there before. They come back when the stack goes, as far as `restore` says so. */
  previous: z.array(zoneRecordSchema),
  /** False: the A records that were there before don't come back. An AAAA always does. */
  restore: z.boolean(),
  /** What else answered under the name, and was agreed to be lost. */
  lost: z.array(lostPortSchema),
  /** Who answered over IPv6: what `verify` expects. Null where nothing answered there that could be recognised. */
  identity: identitySchema.nullable(),
  /** US dollars a month. */
  monthlyUSD: z.literal(0),
});

export const tunnelPlanSchema = tunnelPlanShape
  .refine(({ name, target }) => target.hostKind === 'name' && target.host === name, {
    error: 'the record is of another name than the target',
  })
  .refine(({ name, zone }) => isWithin(name, zone.name), {
    error: 'the name is not in the zone',
  })
  .refine(({ name, previous }) => previous.every((record) => record.name === name), {
    error: 'a record is of another name',
  });
/** A tunnel of Cloudflare's from the server, and the name that leads there. */
export type TunnelPlan = z.infer<typeof tunnelPlanSchema>;

/** What becomes of the name's records, once there is a tunnel to lead to. */
export const tunnelRecordsOf = ({ zone, name, comment, previous, restore }: TunnelPlan) => {
  const record: Omit<WantedRecord, 'content'> = {
    type: 'CNAME',
    ttl: AUTOMATIC_TTL,
    proxied: true,
    comment,
    tags: [],
    recordId: null,
  };
  return { zoneId: zone.id, name, record, previous, back: comingBack({ previous, restore }) };
};

/** The host name that stands for a tunnel (Cloudflare's docs, "DNS records"); only a proxied CNAME may lead there. */
export const tunnelHost = (tunnelId: string): string => `${tunnelId}.cfargotunnel.com`;

/** What the tunnel is called at Cloudflare: nobody but the stack has that name. */
export const tunnelName = ({ id, name }: Pick<TunnelPlan, 'id' | 'name'>): string => markedName(id, name);
