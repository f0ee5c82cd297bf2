/**
 * An installer's output, read from its TCP port as it comes. A reader must stay attached: an
 * installer that nobody reads stands still once the buffers between are full.
 */
import { connect, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** Milliseconds between two tries, and for one. */
const PAUSE = 300;
const TRY = 1000;
const LONGEST_LINE = 400;
/** Lines that wait to be taken; the oldest go first. */
const MOST_LINES = 2000;

export type ProgressPort = Disposable & {
  /** The whole lines that came since the last call, without control characters. */
  readonly take: () => string[];
  /** It has answered at least once. */
  readonly heard: () => boolean;
  readonly connected: () => boolean;
};

/** Connects again whenever the connection ends, until it is disposed of. */
export function followPort(address: string, port: number): ProgressPort {
  let lines: string[] = [];
  let rest = '';
  let heard = false;
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let connected = false;

  const add = (text: string): void => {
    const parts = (rest + text).split(/\r?\n|\r/);
    rest = (parts.pop() ?? '').slice(-LONGEST_LINE);
    for (const part of parts) {
      const line = part.replace(/\p{C}/gu, '').slice(0, LONGEST_LINE);
      if (line.trim() !== '') lines.push(line);
    }
    if (lines.length > MOST_LINES) lines = lines.slice(-MOST_LINES);
  };
  const dial = (): void => {
    const decoder = new StringDecoder('utf8');
    const mine = connect({ host: address, port });
    socket = mine;
    mine.setTimeout(TRY, () => {
      // Later silence is an installer that thinks; the keep-alive finds out a dead one.
      if (!connected) mine.destroy();
    });
    mine.on('connect', () => {
      connected = true;
      heard = true;
      mine.setKeepAlive(true, 10_000);
    });
    mine.on('data', (chunk: Buffer) => add(decoder.write(chunk)));
    mine.on('error', () => mine.destroy());
    mine.on('close', () => {
      connected = false;
      if (rest !== '') add('\n');
      if (!ended) timer = setTimeout(dial, PAUSE);
    });
  };
  dial();
  return {
    take: () => {
      const taken = lines;
      lines = [];
      return taken;
    },
    heard: () => heard,
    connected: () => connected,
    [Symbol.dispose]: () => {
      ended = true;
      clearTimeout(timer);
      socket?.destroy();
    },
  };
}
