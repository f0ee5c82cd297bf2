/** The last line of a terminal: what is under way, redrawn as it changes. */
import { stripVTControlCharacters } from 'node:util';
import colors from 'picocolors';
import type { Event } from '../../core/runs/event.ts';
import { printable } from './printable.ts';

export type LiveLine = {
  /** Learns what is under way from an event. */
  readonly follow: (event: Event) => void;
  readonly hide: () => void;
  readonly show: () => void;
  readonly end: () => void;
};

/** By name: one that was looked at and is worked on later has begun anew. */
type Hosts = { readonly begun: Set<string>; readonly finished: Set<string> };

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** On anything but a terminal the line shows nothing. */
export function createLiveLine(terminal: NodeJS.WriteStream): LiveLine {
  const enabled = terminal.isTTY;
  const steps = new Map<string, string>();
  const hosts: Hosts = { begun: new Set(), finished: new Set() };
  let frame = 0;
  let visible = false;
  let paused = false;

  const hide = (): void => {
    if (visible) terminal.write('\r\x1b[K');
    visible = false;
  };
  const show = (): void => {
    const text = paused ? '' : describe(steps, hosts);
    if (!enabled || text === '') {
      hide();
      return;
    }
    const line = `${FRAMES[frame % FRAMES.length] ?? ''} ${text}`;
    terminal.write(`\r\x1b[K${colors.dim(cut(line, terminal.columns || 80))}`);
    visible = true;
  };
  const timer = enabled
    ? setInterval(() => {
        frame++;
        show();
      }, 100)
    : undefined;
  timer?.unref();

  return {
    hide,
    show,
    follow: (event) => {
      // A prompt and the output of another program need the line for themselves.
      if (event.kind === 'question') {
        paused = true;
        hide();
      } else if (event.kind === 'answer') paused = false;
      else if (event.kind === 'output' && event.host === undefined) paused = true;
      learn(event, steps, hosts);
    },
    end: () => {
      clearInterval(timer);
      hide();
    },
  };
}

function learn(event: Event, steps: Map<string, string>, hosts: Hosts): void {
  switch (event.kind) {
    case 'host.started':
      hosts.begun.add(event.host);
      hosts.finished.delete(event.host);
      break;
    case 'host.finished':
      hosts.finished.add(event.host);
      for (const key of steps.keys()) if (key.startsWith(`${event.host}\n`)) steps.delete(key);
      break;
    case 'step.started':
      steps.set(keyOf(event), event.title);
      break;
    case 'step.progress': {
      const { done, total } = event;
      const what = event.detail ?? event.step;
      const counted = `${what} ${total === undefined ? done : `${done}/${total}`}`;
      steps.set(keyOf(event), total === 100 ? `${done} % ${what}` : counted);
      break;
    }
    case 'step.finished':
      steps.delete(keyOf(event));
      break;
    default:
  }
}

function keyOf(event: { readonly host?: string | undefined; readonly step: string }): string {
  return `${event.host ?? ''}\n${event.step}`;
}

function describe(steps: ReadonlyMap<string, string>, { begun, finished }: Hosts): string {
  const latest = [...steps].at(-1);
  const isOpen = begun.size > finished.size;
  const count = isOpen && begun.size > 1 ? `${finished.size}/${begun.size} hosts` : '';
  if (latest === undefined) return count;
  const [key, title] = latest;
  const host = key.split('\n')[0] ?? '';
  return [count, host === '' ? title : `${host}: ${title}`]
    .filter((part) => part !== '')
    .join(' · ');
}

function cut(line: string, columns: number): string {
  const plain = printable(stripVTControlCharacters(line)).replace(/[\r\n\t]+/g, ' ');
  return plain.length < columns ? plain : `${plain.slice(0, Math.max(1, columns - 2))}…`;
}
