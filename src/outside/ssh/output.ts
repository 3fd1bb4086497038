/** What came back from a machine, sorted by what it is about. Texts are as they came: nothing in them can be trusted. */
export interface RemoteOutput {
  /** What connected; null where nothing can. */
  readonly tool: string | null;
  readonly tries: readonly RemoteTry[];
  /** Lines by what they are and what they are about, such as `tls a0`. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** The script came to its end. */
  readonly isWhole: boolean;
}

export interface RemoteTry {
  readonly key: string;
  readonly tool: string;
  readonly exitCode: number;
  readonly ms: number;
  readonly route: 'yes' | 'no' | 'unknown';
  readonly text: string;
}

/** Lines in all: an answer over HTTP has 4,608 of 16 bytes each, and there are at most twelve services. */
const MAX_LINES = 60_000;
/** Lines of one thing: an answer over HTTP. */
const MAX_TEXT = 5_000;
/** Characters of a line; the script prints no longer ones. */
const MAX_LENGTH = 512;
/** Attempts at each of at most twelve services. */
const MAX_TRIES = 36;

const TRY = /^try ([ao]\d{1,2}) ([a-z0-9-]{1,12}) (\d{1,3}) (-?\d{1,9}) (yes|no|unknown) ?(.*)$/u;
const TEXT = /^((?:tls|ssh|http|banner) [ao]\d{1,2}|trace \d{1,2}|dig A{1,4}) ?(.*)$/u;

/** Reads the lines that carry the marker. Whatever else a machine prints, and whatever isn't of the form, is left out. */
export function parseOutput(stdout: string, marker: string): RemoteOutput {
  const tries: RemoteTry[] = [];
  const texts = new Map<string, string[]>();
  let tool: string | null = null;
  let isWhole = false;
  for (const line of stdout.split('\n', MAX_LINES)) {
    if (isWhole || line.length > MAX_LENGTH || !line.startsWith(`${marker} `)) continue;
    const said = line.slice(marker.length + 1);
    const attempt = TRY.exec(said);
    const text = TEXT.exec(said);
    if (said === 'end') isWhole = true;
    else if (said.startsWith('tool ')) tool = said.slice('tool '.length).trim() || null;
    else if (attempt !== null && tries.length < MAX_TRIES) tries.push(tryOf(attempt));
    else if (text !== null) {
      const [, about = '', rest = ''] = text;
      const lines = texts.get(about) ?? [];
      texts.set(about, lines);
      if (lines.length < MAX_TEXT) lines.push(rest);
    }
  }
  return { tool, tries, texts, isWhole };
}

function tryOf([, key = '', tool = '', exitCode, ms, route, text = '']: RegExpExecArray): RemoteTry {
  return {
    key,
    tool,
    exitCode: Number(exitCode),
    // A clock that was set meanwhile.
    ms: Math.max(0, Number(ms)),
    route: route === 'yes' || route === 'no' ? route : 'unknown',
    text,
  };
}
