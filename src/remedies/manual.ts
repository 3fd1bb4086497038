import type { CauseCode } from '../model/cause-code.ts';
import type { WhyNot } from '../model/choice.ts';
import type { Verdict } from '../model/diagnosis.ts';
import type { Finding, FindingArgs, FindingCode } from '../model/finding.ts';
import type { ManualChange, RemedyOffer } from '../model/remedy-offer.ts';
import type { Shell } from '../model/shell.ts';
import { transportOf as carrierOf } from '../model/target.ts';
import type { Case } from '../model/view/case.ts';

/** Remedies that a person carries out. */
type ManualOffer = Extract<RemedyOffer, { ways: unknown }>;
export type Way = ManualOffer['ways'][number];

/** Decides whether a remedy fits, and how it is carried out; or says why it doesn't. */
export type Offer = (the: Case, verdicts: readonly Verdict[]) => RemedyOffer | WhyNot;

const typed =
  (shell: Shell, root: boolean) =>
  (...commands: string[]): ManualChange => ({ kind: 'commands', root, shell, commands });

export const asRoot = typed('sh', true);
export const asUser = typed('sh', false);
/** In PowerShell that was started with "Run as administrator". */
export const elevated = typed('powershell', true);
export const inPowershell = typed('powershell', false);
/** In a command prompt that was started with "Run as administrator". */
export const inElevatedPrompt = typed('cmd', true);

export const form = (name: string, fields: Readonly<Record<string, string>>): ManualChange => ({
  kind: 'form',
  form: name,
  fields: Object.entries(fields).map(([field, value]) => ({ field, value })),
});

/** The command that writes a whole file. @param lines without single quotes */
export const written = (file: string, lines: readonly string[]): string =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > ${file}`;

/** One line of a file in the place of another; null adds or removes one. `load`: commands that check and load it. */
export const edit = (
  file: string,
  find: string | null,
  replace: string | null,
  load: readonly string[],
  shell: Shell = 'sh',
): ManualChange => edits(file, [[find, replace]], load, shell);

/** A line, and what takes its place. */
export type Replacement = readonly [find: string, replace: string];

/** Several lines of a file: those that are there. */
export const edits = (
  file: string,
  all: readonly (readonly [find: string | null, replace: string | null])[],
  load: readonly string[],
  shell: Shell = 'sh',
): ManualChange => ({
  kind: 'edit',
  root: true,
  shell,
  file,
  edits: all.map(([find, replace]) => ({ find, replace })),
  load: [...load],
});

/** What takes replacements back. */
export const reversed = (all: readonly Replacement[]): Replacement[] =>
  all.map(([find, replace]) => [replace, find]);

/**
 * A name that came from a program, a rule or a unit, as a word of a command; null where a shell or the tool would
 * read it as anything else. Nothing that is foreign enters a command in quotes: what needs them is left out.
 */
export const plainWord = (name: string | null): string | null =>
  name !== null && /^(?!-)[\w@%+=:,./-]+$/u.test(name) ? name : null;

export const isConfirmed = (verdicts: readonly Verdict[], cause: CauseCode): boolean =>
  verdicts.some((each) => each.cause === cause && each.verdict === 'confirmed');

/** For a remedy of causes of which none is confirmed. */
export const notTheCause = (verdicts: readonly Verdict[], ...causes: CauseCode[]): WhyNot => ({
  code: 'not-the-cause',
  causes,
  suspected: causes.filter((cause) =>
    verdicts.some((each) => each.cause === cause && each.verdict === 'suspected'),
  ),
});

/** What the cause concluded, of one kind; empty unless the cause is confirmed. */
export function concluded<C extends FindingCode>(
  verdicts: readonly Verdict[],
  cause: CauseCode,
  code: C,
): FindingArgs<C>[] {
  const has = (finding: Finding): finding is Extract<Finding, { code: C }> => finding.code === code;
  return (
    verdicts
      .filter((each) => each.cause === cause && each.verdict === 'confirmed')
      .flatMap(({ because }) => because.filter(has))
      // The compiler can't see that narrowing by a generic code narrows what comes with it.
      .map(({ args }) => args as FindingArgs<C>)
  );
}

export const transportOf = ({ target }: Case): 'tcp' | 'udp' => carrierOf(target);

/** The service as its users write it, at this port or another. */
export function writtenAs({ target }: Case, port = target.port): string {
  const host = target.hostKind === 'ipv6' ? `[${target.host}]` : target.host;
  const usual: Readonly<Record<string, number>> = { https: 443, http: 80 };
  const scheme = target.protocol === 'tls' ? 'https' : target.protocol;
  return usual[scheme] === port ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
}

/** What stands where the server's address on the local network isn't known. */
export const UNKNOWN_CLIENT = 'SERVER-LAN-ADDRESS';

/** The second NAT is a router of one's own: its page can pass the port on, and the provider can't help. */
export const isOwnBoxInFront = (verdicts: readonly Verdict[]): boolean =>
  concluded(verdicts, 'cgnat', 'box-in-front-none').length === 0 &&
  (['double-nat', 'box-in-front-blocks'] as const).some(
    (code) => concluded(verdicts, 'cgnat', code).length > 0,
  );
