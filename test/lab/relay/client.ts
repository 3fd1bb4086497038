/**
 * A client for the relay's lab: started with what to do, as JSON, in its only argument; prints what came of it as JSON, a line
 * each.
 */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

export type Task =
  /** Sends these pieces (base64, 50 ms apart), ends where asked to, and reads until the other side ends or nothing comes. */
  | {
      readonly do: 'talk';
      readonly address: string;
      readonly port: number;
      readonly send: readonly string[];
      readonly end?: boolean;
      /** ms; how long to wait for the end. */
      readonly patience?: number;
    }
  /** Makes a TLS connection and tells whose certificate it sees. */
  | { readonly do: 'tls'; readonly address: string; readonly port: number; readonly name?: string }
  /** Sends so many bytes, and compares the other side's digest with its own. */
  | {
      readonly do: 'upload' | 'download';
      readonly address: string;
      readonly port: number;
      readonly bytes: number;
    }
  /** Says something, is silent for a while, says it again. */
  | { readonly do: 'idle'; readonly address: string; readonly port: number; readonly silence: number }
  /** So many clients at once; each is silent for some ms, says all it has to say and ends. Tells how many get it back. */
  | {
      readonly do: 'crowd';
      readonly address: string;
      readonly port: number;
      readonly clients: number;
      readonly silence: number;
    }
  /** Sends datagrams from one socket, 5 ms apart, and waits for as many answers. */
  | {
      readonly do: 'datagrams';
      readonly address: string;
      readonly port: number;
      readonly count: number;
      /** ms; for what hasn't come yet. */
      readonly patience?: number;
    }
  /** Makes connections, so many at a time, until it gets SIGTERM; each sends a word and gets it back. */
  | { readonly do: 'load'; readonly address: string; readonly port: number; readonly at: number };

export interface Result {
  /** How it ended: `ended` by the other side, `reset`, `refused`, `open` after the patience was over. */
  readonly outcome: string;
  /** Text that came back; latin1, so that every byte is a character. */
  readonly text: string;
  /** The certificate's subject. */
  readonly certificate?: string;
  /** ms; until the end. */
  readonly took: number;
  readonly connections?: number;
  readonly failures?: readonly string[];
}

/** ms; for what should end by itself. */
const PATIENCE = 8_000;
/** ms; for the answer to a datagram: while DNS is silent, the relay waits 1.8 s before it uses what it knew. */
const ANSWER = 4_000;
/** Bytes; see `origin.ts`. */
const BLOCK = 65_536;

function codeOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.message;
  return { ECONNRESET: 'reset', EPIPE: 'reset', ECONNREFUSED: 'refused' }[code] ?? code;
}

function carryOut(task: Task): Promise<Omit<Result, 'took'>> {
  switch (task.do) {
    case 'talk':
      return talk(task);
    case 'tls':
      return certificate(task);
    case 'upload':
      return upload(task);
    case 'download':
      return download(task);
    case 'idle':
      return idle(task);
    case 'crowd':
      return crowd(task);
    case 'datagrams':
      return datagrams(task);
    case 'load':
      return load(task);
  }
}

async function connected({ address, port }: { address: string; port: number }): Promise<Socket> {
  const socket = connectTcp({ host: address, port, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return socket;
}

async function talk(task: Extract<Task, { do: 'talk' }>): Promise<Omit<Result, 'took'>> {
  const socket = await connected(task);
  const over = ended(socket, task.patience ?? PATIENCE);
  for (const [index, piece] of task.send.entries()) {
    if (index > 0) await delay(50);
    if (!socket.destroyed) socket.write(Buffer.from(piece, 'base64'));
  }
  if (task.end === true) socket.end();
  const result = await over;
  socket.destroy();
  return result;
}

/** Reads to the end. */
function ended(socket: Socket, patience: number): Promise<{ outcome: string; text: string }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = (outcome: string) => resolve({ outcome, text: Buffer.concat(chunks).toString('latin1') });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => done('ended'));
    socket.once('error', (error) => done(codeOf(error)));
    setTimeout(() => done('open'), patience).unref();
  });
}

function certificate({ address, name, port }: Extract<Task, { do: 'tls' }>): Promise<Omit<Result, 'took'>> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: address,
      port,
      rejectUnauthorized: false,
      ...(name === undefined ? {} : { servername: name }),
    });
    socket.once('error', reject);
    socket.setTimeout(PATIENCE, () => reject(new Error('open')));
    socket.once('secureConnect', () => {
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      resolve({ outcome: 'connected', text: '', certificate: String(subject.CN) });
    });
  });
}

async function upload(task: Extract<Task, { do: 'upload' | 'download' }>): Promise<Omit<Result, 'took'>> {
  const socket = await connected(task);
  const answer = ended(socket, 120_000);
  const hash = createHash('sha256');
  for (let sent = 0; sent < task.bytes; sent += BLOCK) {
    const block = Buffer.alloc(BLOCK, 'relay');
    block.writeUInt32BE(sent / BLOCK);
    hash.update(block);
    if (!socket.write(block)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  socket.end();
  const { text } = await answer;
  return { outcome: text === hash.digest('hex') ? 'whole' : 'broken', text };
}

async function download(task: Extract<Task, { do: 'upload' | 'download' }>): Promise<Omit<Result, 'took'>> {
  const socket = await connected(task);
  socket.end(`${task.bytes}`);
  const hash = createHash('sha256');
  let left = task.bytes;
  let tail = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const body = chunk.subarray(0, left);
    left -= body.length;
    hash.update(body);
    tail = Buffer.concat([tail, chunk.subarray(body.length)]);
  }
  return { outcome: left === 0 && tail.equals(hash.digest()) ? 'whole' : 'broken', text: '' };
}

async function idle(task: Extract<Task, { do: 'idle' }>): Promise<Omit<Result, 'took'>> {
  const socket = await connected(task);
  const heard = async (word: string): Promise<boolean> => {
    socket.write(word);
    const answer = new Promise<string>((resolve) =>
      socket.once('data', (chunk) => resolve(chunk.toString())),
    );
    return (await Promise.race([answer, delay(PATIENCE, '')])) === word;
  };
  const before = await heard('before');
  console.error('silent');
  await delay(task.silence);
  const after = before && (await heard('after'));
  socket.destroy();
  return { outcome: after ? 'alive' : before ? 'cut' : 'never', text: '' };
}

async function crowd(task: Extract<Task, { do: 'crowd' }>): Promise<Omit<Result, 'took'>> {
  const one = async (): Promise<boolean> => {
    const socket = await connected(task);
    const over = ended(socket, PATIENCE);
    await delay(task.silence);
    socket.end('all');
    return (await over).text === 'all';
  };
  const answered = await Promise.all(Array.from({ length: task.clients }, one));
  return { outcome: 'over', text: `${answered.filter(Boolean).length}` };
}

async function datagrams(task: Extract<Task, { do: 'datagrams' }>): Promise<Omit<Result, 'took'>> {
  const socket = createSocket('udp4');
  const answers: string[] = [];
  socket.on('message', (message) => answers.push(message.toString()));
  socket.on('error', () => undefined);
  for (let sent = 0; sent < task.count; sent += 1) {
    socket.send(`datagram ${sent}`, task.port, task.address);
    await delay(5);
  }
  const patience = performance.now() + (task.patience ?? ANSWER);
  while (answers.length < task.count && performance.now() < patience) await delay(10);
  socket.close();
  return { outcome: answers.length === task.count ? 'all' : `${answers.length}`, text: answers.join('\n') };
}

async function load(task: Extract<Task, { do: 'load' }>): Promise<Omit<Result, 'took'>> {
  const { address, port } = task;
  let over = false;
  process.once('SIGTERM', () => {
    over = true;
  });
  const failures: string[] = [];
  let connections = 0;
  console.error('loading');
  const one = async (): Promise<void> => {
    while (!over) {
      connections += 1;
      const word = `word ${connections}`;
      const send = [Buffer.from(word).toString('base64')];
      const { outcome, text } = await talk({ do: 'talk', address, port, send, end: true }).catch(
        (error: Error) => ({ outcome: codeOf(error), text: '' }),
      );
      if (outcome !== 'ended' || text !== word) failures.push(`${outcome} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: task.at }, one));
  return { outcome: 'over', text: '', connections, failures };
}

const tasks: Task[] = JSON.parse(process.argv[2] ?? '[]');
for (const task of tasks) {
  const started = performance.now();
  const result = await carryOut(task).catch((error: Error) => ({ outcome: codeOf(error), text: '' }));
  console.log(JSON.stringify({ ...result, took: Math.round(performance.now() - started) }));
}
process.exit(0);
