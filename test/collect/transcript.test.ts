import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commandKey,
  decodeText,
  firstLine,
  isTranscript,
  LAST_LINE,
  parseTranscript,
  type Recorded,
  type Transcript,
} from '../../src/collect/transcript.ts';

const ABOUT = { target: 'tls://home.example.org:443', vantage: 'server' } as const;

interface Ran {
  readonly command: string;
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly exitCode: number;
}

/** As the script frames it; that it really does is tested with real shells in script.test.ts. */
const framed = ({ command, out, err, exitCode }: Ran): string[] => [
  `= run ${command}`,
  ...out.map((line) => `| ${line}`),
  `= ${out.length} lines.`,
  ...err.map((line) => `! ${line}`),
  `= exit ${exitCode}.`,
];
const whole = (all: readonly Ran[]): string =>
  [firstLine(ABOUT), ...all.flatMap(framed), LAST_LINE, ''].join('\n');

function parsed(text: string): Transcript {
  const transcript = parseTranscript(text);
  if ('wrong' in transcript) throw new Error(transcript.wrong);
  return transcript;
}
const only = (text: string): Recorded | undefined => [...parsed(text).commands.values()][0];

const LOOKS_LIKE_FRAME = [
  '= end.',
  '= exit 0.',
  '= 0 lines.',
  '= run id -u',
  '= not found.',
  '| ',
  '! x',
  firstLine(ABOUT),
];
/** A line as a program may print it: also one that looks like the frame. What is at its end and white is not kept. */
const line = fc
  .oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(...LOOKS_LIKE_FRAME),
  )
  .map((text) => text.replaceAll('\n', ' ').trimEnd());
const ran = fc.record({
  command: fc.stringMatching(/^[a-z]{1,6}( -?[a-z0-9]{1,4}){0,3}$/u),
  out: fc.array(line, { maxLength: 6 }),
  err: fc.array(line, { maxLength: 3 }),
  exitCode: fc.nat(255),
});
const runs = fc.uniqueArray(ran, { maxLength: 5, selector: ({ command }) => commandKey([command]) });
const text = (lines: readonly string[]): string => lines.map((each) => `${each}\n`).join('');

describe('a transcript', () => {
  it('gives back any output, whatever it looks like', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const { commands, ...rest } = parsed(whole(all));
        expect(rest).toEqual({ ...ABOUT, complete: true });
        expect([...commands]).toEqual(
          all.map(({ command, out, err, exitCode }) => [
            commandKey([command]),
            { kind: 'ran', exitCode, stdout: text(out), stderr: text(err) },
          ]),
        );
      }),
    );
  });

  it('survives line ends, marks, prompts, greetings and white space that were added on the way', () => {
    fc.assert(
      fc.property(
        runs,
        fc.constantFrom('\n', '\r\n', '\r\r\n', '\n\n', '   \n', ' \t\r\n'),
        fc.constantFrom('', 'pi@home:~$ sh look.sh\n', 'Welcome!\n= a sign\n| of a login\n'),
        fc.constantFrom('', 'pi@home:~$ \n', '= run id -u\n= end.\n'),
        (all, end, before, after) => {
          const mangled = (before + whole(all) + after).replaceAll('\n', end);
          expect(parsed(mangled)).toEqual(parsed(whole(all)));
        },
      ),
    );
  });

  it('is read in the encodings that shells write', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const sent = whole(all);
        const [le, be] = [Buffer.from(sent, 'utf16le'), Buffer.from(sent, 'utf16le').swap16()];
        const mark = (bytes: number[], rest: Buffer) => Buffer.concat([Buffer.from(bytes), rest]);
        for (const bytes of [
          Buffer.from(sent),
          mark([0xef, 0xbb, 0xbf], Buffer.from(sent)),
          mark([0xff, 0xfe], le),
          mark([0xfe, 0xff], be),
          le,
          be,
        ]) {
          expect(decodeText(bytes)).toBe(sent);
        }
      }),
    );
  });

  it('never tells more, cut off at any byte, than it told as a whole', () => {
    fc.assert(
      fc.property(runs, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
        const bytes = Buffer.from(whole(all));
        const cut = parseTranscript(decodeText(bytes.subarray(0, Math.floor(part * (bytes.length - 1)))));
        if ('wrong' in cut) return;
        expect(cut).toMatchObject({ ...ABOUT, complete: false });
        const { commands } = parsed(whole(all));
        for (const [key, recorded] of cut.commands) {
          if (recorded.kind !== 'broken') expect(recorded).toEqual(commands.get(key));
        }
      }),
    );
  });

  it('takes a command for broken where any line of it is missing, doubled or wrapped', () => {
    const lines = framed({ command: 'nft -j list ruleset', out: ['a', 'b', 'c'], err: ['d'], exitCode: 0 });
    const built = (inner: readonly string[]): string => [firstLine(ABOUT), ...inner, LAST_LINE].join('\n');
    expect(only(built(lines))).toMatchObject({ kind: 'ran', stdout: 'a\nb\nc\n' });
    for (const at of [1, 2, 3, 4, 6]) {
      expect(only(built(lines.toSpliced(at, 1))), `without line ${at}`).toMatchObject({ kind: 'broken' });
    }
    for (const at of [1, 2, 3]) {
      expect(only(built(lines.toSpliced(at, 0, 'wrapped'))), `wrapped at ${at}`).toMatchObject({
        kind: 'broken',
      });
      expect(only(built(lines.toSpliced(at, 0, '| doubled')))).toMatchObject({ kind: 'broken' });
    }
    expect(only(built([...lines.slice(0, 2), '= not found.']))).toMatchObject({ kind: 'broken' });
  });

  it('tells a program that is not there from one that was not asked for, and one that said too much', () => {
    const { commands } = parsed(
      [
        firstLine(ABOUT),
        ...['= run ipset save', '= not found.'],
        ...['= run nft -j list ruleset', '| {', '= 1 lines, cut off.', '= exit 141.'],
        LAST_LINE,
      ].join('\n'),
    );
    expect(commands.get('ipset save')).toEqual({ kind: 'not-found' });
    expect(commands.get('nft -j list ruleset')).toMatchObject({ kind: 'ran', exitCode: 125 });
    expect(commands.has('ss')).toBe(false);
  });

  it('believes the first of two answers to one question', () => {
    const twice = [
      ...framed({ command: 'id -u', out: ['0'], err: [], exitCode: 0 }),
      ...framed({ command: 'id  -u', out: ['7'], err: [], exitCode: 0 }),
    ];
    expect(only([firstLine(ABOUT), ...twice, LAST_LINE].join('\n'))).toMatchObject({ stdout: '0\n' });
  });

  it.each([
    ['', /no line "= reach4-look/u],
    ['{"schema": "x"}', /no line "= reach4-look/u],
    [whole([]) + whole([]), /more than one/u],
    [whole([]).replace(' 1.', ' 2.'), /version 2/u],
    [`${firstLine(ABOUT)}\n${'|\n'.repeat(400_001)}`, /lines/u],
    [
      `${firstLine(ABOUT)}\n${Array.from({ length: 4_097 }, (_, n) => `= run a ${n}\n= not found.`).join('\n')}`,
      /4096 commands/u,
    ],
  ])('says what is wrong (%#)', (sent, wrong) => {
    const transcript = parseTranscript(sent);
    expect('wrong' in transcript ? transcript.wrong : '').toMatch(wrong);
  });

  it('is recognised beside other files', () => {
    expect(isTranscript(`$ sh look.sh\r\n${whole([])}`)).toBe(true);
    expect(isTranscript('[]')).toBe(false);
    expect(isTranscript(`| ${firstLine(ABOUT)}`)).toBe(false);
  });

  it('is read in time, whatever it is made of', () => {
    const bad = [' ', '\r', '= ', '| ', '\t '].map((piece) => `${piece.repeat(500_000)}x\n`).join('');
    const started = performance.now();
    parseTranscript(`${firstLine(ABOUT)}\n${bad}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
