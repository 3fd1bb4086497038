import { UserError } from '../../model/error.ts';
import { type Evidence, isHere, seen, type Vantage } from '../../model/evidence.ts';
import type { ToldFacts } from '../../model/facts/router.ts';
import { hostPort, type Target, transportOf } from '../../model/target.ts';
import { observerOf } from '../../model/view/at-home.ts';
import { withVantage } from '../../model/view/vantage.ts';
import { clock } from '../../ports/node/clock.ts';
import { evidenceOf } from '../../probes/context.ts';
import { type FromFile, readEvidence, relabelled } from './evidence-files.ts';
import type { Flags } from './flags.ts';
import { refuseUnreachable } from './refusals.ts';
import { readTold } from './told.ts';

/** What several files say together, as if it had been judged where the first of them was collected. */
interface Together {
  readonly target: Target;
  readonly vantage: Vantage;
  readonly evidence: readonly Evidence[];
  /** None of the files was interrupted. */
  readonly complete: boolean;
  readonly redacted: boolean;
}

/** Only what files hold is judged: nothing is looked at from here. */
export const isOffline = ({ offline }: Flags): boolean => offline === true;

/**
 * The evidence of files alone, without a look from here. What a person read on a router's page may be given with it.
 * @param target null where the files say it
 * @throws UserError
 */
export async function filesAlone(target: Target | null, flags: Flags): Promise<Together> {
  const paths = flags.evidence ?? [];
  if (paths.length === 0) {
    throw new UserError(
      '--offline was given without --evidence; expected a file that `reach4 collect` wrote on another machine.',
    );
  }
  refuseLooks(flags, target);
  const files: FromFile[] = [];
  for (const path of paths) files.push(await readEvidence(path, target));
  refuseMixed(files);
  refuseAddresses(files, flags);
  const named = target ?? targetOf(files);
  refuseUnreachable(named);
  const together = joined(files);
  return {
    ...together,
    target: named,
    evidence: withTold(together, readTold(flags)),
    complete: files.every(({ complete }) => complete),
    redacted: files.some(({ redacted }) => redacted),
  };
}

/** What is read now replaces what a file was told of the same thing. */
function withTold(
  { evidence, vantage }: Pick<Together, 'evidence' | 'vantage'>,
  told: ToldFacts | null,
): readonly Evidence[] {
  if (told === null) return evidence;
  const item = evidenceOf('told', 'router', { where: 'here', vantage }, clock);
  const before = seen(evidence, 'told').find(isHere);
  const facts: ToldFacts = {
    wanIpv4: told.wanIpv4 ?? before?.facts.wanIpv4 ?? null,
    forwards: told.forwards ?? before?.facts.forwards ?? null,
    routerFirewall: told.routerFirewall ?? before?.facts.routerFirewall ?? null,
    boxInFront: told.boxInFront ?? before?.facts.boxInFront ?? null,
  };
  return [...evidence.filter((each) => each !== before), item.ok(facts, "read on the router's page")];
}

/** Flags that ask for a look, each as the user types it. */
const looks = (flags: Flags): string[] => [
  ...(flags.outside === undefined || flags.outside.includes('none') ? [] : ['--outside']),
  ...(flags.outsideTokenFile === undefined ? [] : ['--outside-token-file']),
  ...(flags.whoami === undefined ? [] : ['--whoami']),
  ...(flags.stun === undefined ? [] : ['--stun']),
  ...(flags.publicServices === true ? ['--public-services'] : []),
  ...(flags.probeMapping === true ? ['--probe-mapping'] : []),
  ...(flags.from === undefined ? [] : ['--from']),
  ...(flags.ipv4 === undefined ? [] : ['--ipv4']),
];

function refuseLooks(flags: Flags, target: Target | null): void {
  const [first] = looks(flags);
  if (first === undefined) return;
  throw new UserError(
    target === null
      ? `${first} was given without a target, and files alone are judged without a look from here; expected the target too, or --evidence only.`
      : `${first} was given with --offline, and nothing is looked at from here then; expected one or the other.`,
  );
}

/** The one target that all files name. */
function targetOf(files: readonly FromFile[]): Target {
  const nameless = files.find(({ target }) => target === null);
  const [first, ...others] = files.flatMap(({ path, target }) => (target === null ? [] : [{ path, target }]));
  if (nameless !== undefined || first === undefined) {
    throw new UserError(
      `--evidence ${nameless?.path ?? ''} is a list of evidence that names no target; expected the target too, as \`reach4 diagnose TARGET --offline --evidence FILE\`.`,
    );
  }
  const shown = (target: Target): string =>
    `${hostPort(target.host, target.port)} over ${transportOf(target).toUpperCase()}`;
  const other = others.find(({ target }) => shown(target) !== shown(first.target));
  if (other === undefined) return first.target;
  throw new UserError(
    `--evidence ${other.path} is about ${shown(other.target)}, and ${first.path} about ${shown(first.target)}; expected evidence of one target.`,
  );
}

/** Each redacted file has stand-ins of its own. */
function refuseMixed(files: readonly FromFile[]): void {
  const redacted = files.find((file) => file.redacted);
  if (redacted === undefined || files.length === 1) return;
  throw new UserError(
    `--evidence ${redacted.path} is redacted, with stand-ins that no other file has, so that it can't be judged together with others; expected it alone, or all of them as they were before.`,
  );
}

/** Real addresses match none of a redacted file's stand-ins. */
function refuseAddresses(files: readonly FromFile[], { wanIpv4, forward, boxInFront }: Flags): void {
  const redacted = files.find((file) => file.redacted);
  const isAddress = (text: string | undefined): boolean => text !== undefined && /\d/u.test(text);
  const given = [
    ...(isAddress(wanIpv4) ? ['--wan-ipv4'] : []),
    ...(forward?.some(isAddress) === true ? ['--forward'] : []),
    ...(isAddress(boxInFront) ? ['--box-in-front'] : []),
  ];
  if (redacted === undefined || given[0] === undefined) return;
  throw new UserError(
    `${given[0]} was given with ${redacted.path}, which is redacted: real addresses match none of its stand-ins; expected the flag when the file is collected, as \`reach4 collect … ${given[0]} … --redact\`.`,
  );
}

/** From where most can be judged, best first. */
const RANK: readonly Vantage[] = ['server', 'lan', 'outside', 'unknown'];

/**
 * One file stays as it was seen, so that it is judged as it would have been there; the others are as if brought along.
 */
function joined(files: readonly FromFile[]): { vantage: Vantage; evidence: readonly Evidence[] } {
  const [first, ...others] = files.toSorted(
    (one, other) => RANK.indexOf(one.vantage) - RANK.indexOf(other.vantage),
  );
  if (first === undefined) return { vantage: 'unknown', evidence: [] };
  const labels = new Set(['here', ...first.evidence.map(({ id }) => observerOf(id))]);
  return {
    vantage: first.vantage,
    evidence: [
      ...withVantage(first.evidence, first.vantage),
      ...others.flatMap((file) => relabelled(file, labels)),
    ],
  };
}
