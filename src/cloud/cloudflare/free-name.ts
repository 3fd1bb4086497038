import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { nameTaken } from '../name-taken.ts';
import { type CloudflareWorld, cloudflareClient, unexpected } from './client.ts';
import { cloudflareSettings } from './settings.ts';

/** Records asked for; a name has a few. */
const RECORDS_A_PAGE = 100;

const recordsSchema = z.array(
  z.object({
    id: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/u),
    name: z.string(),
    type: z.string(),
    content: z.string().catch(''),
    comment: z.string().nullish(),
  }),
);

/** A record that is about to be made. */
export interface NewRecord {
  readonly zoneId: string;
  readonly type: 'A' | 'AAAA';
  readonly name: string;
  /** The address that it gets. */
  readonly address: string;
  readonly comment: string | null;
}

/**
 * Makes sure that a record can be made. The very same one was made by an `up` that broke off before it was recorded: it is
 * taken out, because Cloudflare refuses to make it twice. Records with other addresses are no concern of this.
 * @throws UserError where somebody else has made it since it was planned
 */
export async function freeCloudflareName(
  { zoneId, type, name, address, comment }: NewRecord,
  world: CloudflareWorld & { readonly env: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): Promise<void> {
  const settings = cloudflareSettings(world.env);
  const client = cloudflareClient(settings, world, signal);
  const path = `/zones/${zoneId}/dns_records`;
  const filter = `?type=${type}&name.exact=${encodeURIComponent(name)}`;
  const answer = await client.list(path + filter, RECORDS_A_PAGE);
  if (answer.kind !== 'ok') throw new UserError(`The records of ${name} can't be read ("${answer.said}").`);
  const { data } = recordsSchema.safeParse(answer.result);
  if (data === undefined) throw unexpected(settings, 'the list of records has another form');
  const there = data.filter(
    (record) => record.name === name && record.type === type && record.content === address,
  );
  const foreign = there.filter((record) => (record.comment ?? null) !== comment);
  if (foreign.length > 0) {
    throw new UserError(
      nameTaken(
        { name, type },
        foreign.map(({ content }) => content),
      ),
    );
  }
  for (const { id } of there) {
    const gone = await client.delete(`${path}/${id}`);
    if (gone.kind !== 'ok' && !(gone.kind === 'refused' && gone.status === 404)) {
      throw new UserError(
        `The ${type} record of ${name} that an earlier run made can't be taken out ("${gone.said}").`,
      );
    }
  }
}
