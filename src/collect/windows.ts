import type { Target } from '../model/target.ts';
import { WINDOWS_SCRIPT } from '../probes/windows/script.ts';
import { curl, hostsLines, lookUp, SAYS, WINDOWS_READING, WINDOWS_SYSTEM } from './commands.ts';
import { familiesOf } from './families.ts';
import { type About, commandKey, firstLine, LAST_LINE } from './transcript.ts';

/**
 * A script for Windows PowerShell 5.1 and PowerShell 7 that prints a transcript (transcript.ts): the reading that the
 * probes make there themselves (probes/windows/script.ts), and what goes with it. Its commands are named as elsewhere,
 * so that one reader reads all of it. All of it is ASCII: Windows PowerShell takes a file without a mark for ANSI.
 * Reviewed in docs/decisions/0018-scripts.md, line by line.
 * @param remark what people read first, a line each
 */
export const windowsScript = (
  about: About,
  remark: readonly string[],
  target: Target,
  whoami: readonly string[],
): string => `\
${remark.map((line) => (line === '' ? '#' : `# ${line.replace(/[^\x20-\x7e]/gu, '?')}`)).join('\n')}

# Shows what one look says, with "| " before each line, and whether it went well.
function Show-Look($command, $look) {
  '= run ' + $command
  $count = 0
  $code = 0
  $said = ''
  $global:LASTEXITCODE = 0
  try { & $look | ForEach-Object { '| ' + $_; $count++ }; $code = $LASTEXITCODE }
  catch {
    # What isn't found is told apart from what doesn't work, by the error's name, which no language changes.
    $code = if ($_.FullyQualifiedErrorId -like '*SocketException*') { 2 } elseif ($_.FullyQualifiedErrorId -like 'CommandNotFound*') { 127 } else { 1 }
    $said = [string]$_.FullyQualifiedErrorId
  }
  '= ' + $count + ' lines.'
  if ($said) { '! ' + $said }
  '= exit ' + ($code -band 255) + '.'
}

${quoted(firstLine(about))}
${[
  look(SAYS.time, "(Get-Date).ToUniversalTime().ToString('s') + 'Z'"),
  look(SAYS.system, quoted(WINDOWS_SYSTEM)),
  ...(target.hostKind === 'name' ? names(target.host) : []),
  ...whoami.flatMap(asked),
].join('\n')}

Show-Look ${quoted(commandKey(WINDOWS_READING))} {
${WINDOWS_SCRIPT.trimEnd()}
}
${quoted(LAST_LINE)}
`;

const look = (command: readonly string[], how: string): string =>
  `Show-Look ${quoted(commandKey(command))} { ${how} }`;

/** As a literal: nothing within is replaced. PowerShell takes typographic quotes for quotes too. */
const quoted = (text: string): string => `'${text.replace(/['\u2018-\u201b]/gu, '$&$&')}'`;

const names = (host: string): string[] => [
  look(
    lookUp(host),
    `[System.Net.Dns]::GetHostAddresses(${quoted(host)}) | ForEach-Object { $_.IPAddressToString + ' STREAM' }`,
  ),
  look(
    hostsLines(host),
    `Get-Content -LiteralPath ($env:SystemRoot + '\\System32\\drivers\\etc\\hosts') -ErrorAction Stop | Where-Object { $_ -like ${quoted(`*${host}*`)} }`,
  ),
];

/** curl.exe comes with Windows since 10 (1803). */
const asked = (url: string): string[] =>
  /^[\x21-\x7e]+$/u.test(url)
    ? familiesOf(url).map((family) => {
        const [, ...args] = curl(url, family);
        return look(curl(url, family), `curl.exe ${args.map(quoted).join(' ')}`);
      })
    : [];
