import { shellQuoted } from '../model/shell.ts';
import { type About, firstLine, LAST_LINE } from './transcript.ts';

/** Bytes kept of what one command prints; a large ruleset has some hundred thousand. */
const MAX_OUTPUT = 1_000_000;
/** Bytes kept of its complaints, from the end: the last one says why. */
const MAX_COMPLAINT = 2_000;
/** s; longer than any of them takes, short of a patience. `timeout` ends with 124 then, as `Exec` does. */
const TIMEOUT = 20;

/** A remark, and the lines that it is about. */
export interface Part {
  readonly remark: string;
  readonly lines: readonly string[];
}

/** A line that runs a command and shows what it says. */
export const run = (command: readonly string[]): string => `run ${command.map(shellQuoted).join(' ')}`;

/** A command as a shell reads it. */
export const typed = (command: readonly string[]): string => command.map(shellQuoted).join(' ');

/**
 * A POSIX shell script that prints a transcript (transcript.ts). It writes no file: complaints are kept in a variable
 * until the output is through.
 * @param remark what people read first, a line each
 */
export const framed = (about: About, remark: readonly string[], parts: readonly Part[]): string => `\
#!/bin/sh
${remark.map((line) => (line === '' ? '#' : `# ${line}`)).join('\n')}

LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
exec 3>&1

# Nothing may hang: where this machine has "timeout", a command gets ${TIMEOUT} seconds.
if timeout 1 true 2>/dev/null; then limited() { timeout ${TIMEOUT} "$@"; }; else limited() { "$@"; }; fi

# Puts "| " before each line, and counts them; what is more than ${MAX_OUTPUT / 1_000_000} MB is cut off.
lines() {
  awk -v max=${MAX_OUTPUT} '
    (size += length($0) + 1) > max { cut = ", cut off"; exit }
    { print "| " $0; count++ }
    END { printf "= %d lines%s.\\n", count, cut }'
}

# Runs a command, and shows its output, its complaints (with "! ") and its exit code.
run() {
  printf '= run %s\\n' "$*"
  command -v "$1" >/dev/null 2>&1 || { echo '= not found.'; return 127; }
  said=$({ { limited "$@" </dev/null; printf '\\nexit %d' $? >&2; } | lines >&3; } 2>&1 | tail -c ${MAX_COMPLAINT})
  printf '%s\\n' "\${said%exit *}" | awk 'NF { print "! " $0 }'
  echo "= exit \${said##*exit }."
  return "\${said##*exit }"
}

echo ${shellQuoted(firstLine(about))}
${parts.map(({ remark: above, lines }) => `\n# ${above}\n${lines.join('\n')}\n`).join('')}
echo '${LAST_LINE}'
`;
