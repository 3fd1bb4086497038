import type { ManualStep } from '../../model/remedy-offer.ts';
import { quotedFor } from '../../model/shell.ts';
import { elevated, inElevatedPrompt } from '../manual.ts';
import { COMMENT, type Dialect, type Fix } from './fix.ts';

const SOFTWARE = 'Windows Firewall';

/**
 * Every IPv4 address that a client can have: without it the rule would be for IPv6 too, and let more of that in than before.
 * Ranges are a form that -RemoteAddress and `remoteip` are documented to take; a prefix of no bits is not among the examples.
 */
const EVERYBODY4 = '0.0.0.1-255.255.255.254';

const PROFILES = ['Domain', 'Private', 'Public', 'Any'] as const;
type Profile = (typeof PROFILES)[number];

/** What decides, as the probe tells it: the profile's own settings, or a rule that blocks. */
type Decider =
  | { readonly kind: 'default' | 'all'; readonly profile: Profile }
  | { readonly kind: 'rule'; readonly profile: Profile; readonly name: string; readonly title: string };

/** New-NetFirewallRule, Disable-NetFirewallRule and Set-NetFirewallProfile (Microsoft Learn, NetSecurity). */
export const windowsPowershell: Dialect = (fix) => {
  const by = deciderOf(fix);
  switch (by?.kind) {
    case 'default': {
      const name = nameOf(fix, by.profile);
      const kind = fix.protocol.toUpperCase();
      return step(
        fix.does,
        elevated(
          `New-NetFirewallRule -Name ${name} -DisplayName '${COMMENT} ${kind} ${fix.port} IPv4' -Direction Inbound -Action Allow -Protocol ${kind} -LocalPort ${fix.port} -RemoteAddress ${EVERYBODY4} -Profile ${by.profile}`,
        ),
        elevated(`Remove-NetFirewallRule -Name ${name}`),
      );
    }
    case 'all':
      return step(
        `lets the rules of the profile ${by.profile} count again, which lets in what they allow`,
        elevated(`Set-NetFirewallProfile -Name ${by.profile} -AllowInboundRules True`),
        elevated(`Set-NetFirewallProfile -Name ${by.profile} -AllowInboundRules False`),
      );
    case 'rule': {
      const name = isPattern(by.name) ? null : quotedFor('powershell', by.name);
      return name === null
        ? null
        : step(
            'switches the rule off that blocks: no rule that allows outdoes it',
            elevated(`Disable-NetFirewallRule -Name ${name}`),
            elevated(`Enable-NetFirewallRule -Name ${name}`),
          );
    }
    default:
      return null;
  }
};

/** `netsh advfirewall firewall` (Microsoft Learn), which every Windows has; it knows a rule by the name that people see. */
export const windowsNetsh: Dialect = (fix) => {
  const by = deciderOf(fix);
  const run = 'netsh advfirewall firewall';
  switch (by?.kind) {
    case 'default': {
      const name = nameOf(fix, by.profile);
      return step(
        fix.does,
        inElevatedPrompt(
          `${run} add rule name=${name} dir=in action=allow protocol=${fix.protocol.toUpperCase()} localport=${fix.port} remoteip=${EVERYBODY4} profile=${by.profile.toLowerCase()}`,
        ),
        inElevatedPrompt(`${run} delete rule name=${name} dir=in`),
      );
    }
    case 'rule': {
      // `all` stands for every rule there is.
      const title = /^all$/iu.test(by.title) ? null : quotedFor('cmd', by.title);
      return title === null
        ? null
        : step(
            'switches off every inbound rule of that name, the one that blocks among them',
            inElevatedPrompt(`${run} set rule name=${title} dir=in new enable=no`),
            inElevatedPrompt(`${run} set rule name=${title} dir=in new enable=yes`),
          );
    }
    // It can set the profile's policy only for both directions at once, and what is set for the other isn't known.
    default:
      return null;
  }
};

/** Where a Group Policy owns the firewall, local commands fail or count for nothing (AllowLocalFirewallRules). */
export const windowsManaged: Dialect = (fix) => {
  const by = deciderOf(fix);
  if (by === null) return null;
  const wanted =
    by.kind === 'rule'
      ? `switch off this rule, which blocks it: "${by.title}" (${by.name})`
      : by.kind === 'all'
        ? `let inbound rules count in the profile ${by.profile} ("Block all incoming connections" is on)`
        : `add an inbound rule that allows it in the profile ${by.profile}`;
  const text = `Windows Firewall on this computer lets nobody in to ${fix.protocol.toUpperCase()} port ${fix.port} over IPv4. Please ${wanted}, in the Group Policy that the computer gets its firewall settings from.`;
  return [
    {
      where: 'server',
      software: SOFTWARE,
      does: 'asks for the change; `Get-NetFirewallRule -PolicyStore RSOP` shows what comes from a Group Policy',
      change: { kind: 'message', to: 'whoever manages this computer', text },
      undo: null,
    },
  ];
};

const step = (does: string, change: ManualStep['change'], undo: ManualStep['undo']): ManualStep[] => [
  { where: 'server', software: SOFTWARE, does, change, undo },
];

const nameOf = ({ protocol, port }: Fix, profile: Profile): string =>
  `${COMMENT}-${protocol}-${port}-ipv4-${profile.toLowerCase()}`;

/** -Name takes patterns (about_Wildcards): another rule might be meant by them. */
const isPattern = (name: string): boolean => /[*?[\]`]/u.test(name);

/** `"Title" (Name ID): Block TCP, …`; null where the probe's words are not of a form that is known, or cut off. */
function deciderOf({ rule, path }: Fix): Decider | null {
  // Windows filters what comes in by rules of their own, and lets out what belongs to it.
  if (path !== 'input') return null;
  const profile = PROFILES.find((each) => each === rule.table);
  if (profile === undefined) return null;
  if (rule.isPolicy) {
    if (rule.rule === 'AllowInboundRules False') return { kind: 'all', profile };
    return rule.rule === 'DefaultInboundAction Block' ? { kind: 'default', profile } : null;
  }
  const parts = rule.rule.split('" (Name ');
  const [title = '', rest = ''] = parts;
  const end = rest.split(/\): (?=Block |4 )/u);
  // Names that hold the marks themselves could be read in two ways.
  if (parts.length !== 2 || end.length !== 2 || !title.startsWith('"')) return null;
  return { kind: 'rule', profile, name: end[0] ?? '', title: title.slice(1) };
}
