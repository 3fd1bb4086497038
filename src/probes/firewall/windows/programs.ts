import type { WindowsRule } from '../../windows/sections.ts';
import type { Tri } from '../segment.ts';
import { every, type Holder, isAny, type Question } from './question.ts';

/** Where Windows keeps the programs that belong to a package. */
const PACKAGED = /\\(?:windowsapps|systemapps)\\/u;

/** Whether the rule is for the program that listens; of several, all have to agree. */
export function programMatches(rule: WindowsRule, { holders, environment }: Question): Tri {
  const forAll =
    isAny(rule.program) && /^any$/iu.test(rule.service) && rule.package === '' && rule.owner === '';
  if (forAll) return 'yes';
  if (holders === null || holders.length === 0) return 'unknown';
  const each = holders.map((holder) =>
    every(
      ofProgram(rule.program, holder, environment),
      ofService(rule.service, holder),
      ofPackage(rule, holder),
    ),
  );
  const [first = 'unknown'] = each;
  return each.every((one) => one === first) ? first : 'unknown';
}

function ofProgram(wanted: string, holder: Holder, environment: Question['environment']): Tri {
  if (isAny(wanted)) return 'yes';
  if (wanted === '') return 'unknown';
  if (/^system$/iu.test(wanted)) return holder.isSystem ? 'yes' : 'no';
  const path = expanded(wanted, environment)?.toLowerCase();
  if (path === undefined || path.includes('~')) return 'unknown';
  // The kernel has no path; a rule that names its file may be meant for it.
  if (holder.isSystem) return fileOf(path) === 'ntoskrnl.exe' ? 'unknown' : 'no';
  const own = holder.path?.toLowerCase();
  // Without elevation only the file's name is told, which is enough to see that it is another.
  if (own === undefined) return fileOf(path) === holder.name.toLowerCase() ? 'unknown' : 'no';
  if (own.includes('~')) return 'unknown';
  if (own === path) return 'yes';
  // The same file by another way: a link, a second name of the drive.
  return fileOf(own) === fileOf(path) ? 'unknown' : 'no';
}

function ofService(wanted: string, { services }: Holder): Tri {
  if (/^any$/iu.test(wanted)) return 'yes';
  if (wanted === '' || services === null) return 'unknown';
  // `*` stands for whatever is a service.
  if (wanted === '*') return services.length > 0 ? 'yes' : 'no';
  if (!services.some((name) => name.toLowerCase() === wanted.toLowerCase())) return 'no';
  // Which of the services in one process holds the socket, the process doesn't tell.
  return services.length === 1 ? 'yes' : 'unknown';
}

/** A rule for a package, or of a user, is for what runs in an app container. */
function ofPackage(rule: WindowsRule, { path, isSystem }: Holder): Tri {
  if (rule.package === '' || isAny(rule.package)) return rule.owner === '' ? 'yes' : 'unknown';
  if (isSystem) return 'no';
  return path === null || PACKAGED.test(path.toLowerCase()) ? 'unknown' : 'no';
}

/** Null where a variable isn't known. */
function expanded(path: string, environment: Question['environment']): string | null {
  const byName = new Map(Object.entries(environment).map(([name, value]) => [name.toLowerCase(), value]));
  let isKnown = true;
  const text = path.replace(/%([^%\\/]{1,64})%/gu, (_, name: string) => {
    const value = byName.get(name.toLowerCase()) ?? '';
    if (value === '') isKnown = false;
    return value;
  });
  return isKnown && !text.includes('%') ? text.replaceAll('/', '\\') : null;
}

const fileOf = (path: string): string => path.split('\\').at(-1) ?? path;
