/** The end of a journal and what is added to it, as text to read; never more than a bound. */
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { parseEvent } from '../../core/runs/event.ts';
import { logTextOf, withoutBeginning } from './log-text.ts';

export type JournalTail = {
  readonly text: () => string;
  /** True when the run has told its end. */
  readonly isOver: () => boolean;
  /** Reads what was added; resolves to true when that changed the text. Throws as `open` does. */
  readonly readOn: () => Promise<boolean>;
};

/** Bytes of a journal that are read at most, and characters that are shown. */
const MOST = 4 * 1024 * 1024;
const CHUNK = 256 * 1024;

export function openJournalTail(path: string, most = MOST): JournalTail {
  let decoder = new StringDecoder('utf8');
  let offset: number | undefined;
  let rest = '';
  let text = '';
  let isCut = false;
  let isOver = false;
  let underWay: Promise<boolean> | undefined;

  const readOn = async (): Promise<boolean> => {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (offset === undefined || size < offset) {
        offset = Math.max(0, size - most);
        isCut = offset > 0;
        decoder = new StringDecoder('utf8');
        rest = '';
        text = '';
      }
      const before = text;
      let isFirst = isCut && text === '' && rest === '';
      const buffer = Buffer.alloc(CHUNK);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
        rest = lines.pop() ?? '';
        // Where the beginning was left out, the first line is the end of one.
        for (const line of isFirst ? lines.slice(1) : lines) {
          const event = parseEvent(line);
          if (event === undefined) continue;
          text += logTextOf(event);
          isOver = event.kind === 'run.finished' || isOver;
        }
        if (lines.length > 0) isFirst = false;
      }
      const short = withoutBeginning(text, most);
      isCut = isCut || short !== text;
      text = short;
      return text !== before;
    } finally {
      await file.close();
    }
  };
  return {
    text: () => (isCut ? `… the beginning is left out; rpi runs show prints all …\n${text}` : text),
    isOver: () => isOver,
    readOn: () => {
      underWay ??= readOn().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}
