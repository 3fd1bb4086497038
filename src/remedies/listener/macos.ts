import type { ManualStep } from '../../model/remedy-offer.ts';
import { launchdJob } from '../manual/launchd.ts';
import { edits } from '../manual.ts';
import { relayWords } from './host-wide.ts';
import type { Bound, Program } from './socket.ts';

const PLIST = '/Library/LaunchDaemons/NAME.plist';
const AGAIN = [`launchctl bootout system ${PLIST}`, `launchctl bootstrap system ${PLIST}`];

/** launchd holds the socket itself: without SockFamily it opens one for each family (launchd.plist(5), Sockets). */
export const launchdSocket: Program = {
  software: 'launchd',
  isMeant: ({ system, socket }: Bound) => system === 'macos' && socket.program?.name === 'launchd',
  steps: (bound) => {
    const own =
      bound.how === 'v6only' ? [] : ['<key>SockNodeName</key>', `<string>${bound.socket.address}</string>`];
    const lines = [...own, '<key>SockFamily</key>', '<string>IPv6</string>'];
    return [
      {
        where: 'server',
        software: 'launchd',
        does: `takes both families; of the lines, those that are there (\`grep -l Sockets /Library/LaunchDaemons/*.plist\` shows NAME)`,
        change: edits(
          PLIST,
          lines.map((line) => [line, null] as const),
          AGAIN,
        ),
        undo: edits(
          PLIST,
          lines.map((line) => [null, line] as const),
          AGAIN,
        ),
      },
    ];
  },
};

/** socat of Homebrew, kept up by launchd. Null where no address is free for it. */
export function socatDaemon(bound: Bound): ManualStep[] | null {
  const words = relayWords(bound);
  if (words === null) return null;
  return [
    {
      where: 'server',
      software: 'socat',
      does: 'takes IPv4 and passes it on to the listener, also after a restart (`brew install socat` brings it)',
      ...launchdJob({ label: 'reach4.v4', words: ['socat', ...words], every: null }),
    },
  ];
}
