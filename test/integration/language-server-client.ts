/** An editor as bare as can be: JSON-RPC over the pipes of a language server, no library. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Message = {
  readonly jsonrpc: string;
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};

export type Notification = { readonly method: string; readonly params: unknown };

export type ServerCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** The answer to a request of the server; undefined answers null. */
type Answer = (method: string, params: unknown) => unknown;

export class LanguageServerClient {
  readonly child: ChildProcess;
  /** Everything that was no message, on stdout: there must be nothing. */
  noise = '';
  stderr = '';
  readonly notifications: Notification[] = [];
  readonly requested: Notification[] = [];
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #answer: Answer;
  #rest = Buffer.alloc(0);
  #last = 0;

  private constructor(child: ChildProcess, answer: Answer) {
    this.child = child;
    this.#answer = answer;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      this.#take();
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.stderr += chunk));
    // It may end before it has read all that was sent.
    child.stdin?.on('error', () => undefined);
  }

  static start(server: ServerCommand, answer: Answer = () => undefined): LanguageServerClient {
    const { command, args, cwd, env = process.env } = server;
    const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    return new LanguageServerClient(child, answer);
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#last;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ jsonrpc: '2.0', id, method, params });
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  notify(method: string, params: unknown): void {
    this.#send({ jsonrpc: '2.0', method, params });
  }

  /** The first notification from `since` on (an index of `notifications`) that fits. */
  async next(
    method: string,
    fits: (params: never) => boolean = () => true,
    since = 0,
  ): Promise<unknown> {
    for (;;) {
      const found = this.notifications
        .slice(since)
        // What is expected is what the caller's type says, and its checks hold it against that.
        .find((each) => each.method === method && fits(each.params as never));
      if (found !== undefined) return found.params;
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
      });
    }
  }

  /** Says goodbye as the protocol has it. Returns the exit code. */
  async shutdown(): Promise<number | null> {
    await this.request('shutdown', null);
    const ended = this.ended();
    this.notify('exit', null);
    return ended;
  }

  /** Resolves with the exit code once the process has ended. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  #send(message: Message): void {
    const body = Buffer.from(JSON.stringify(message), 'utf8');
    this.child.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin?.write(body);
  }

  #take(): void {
    for (;;) {
      const head = this.#rest.indexOf('\r\n\r\n');
      if (head === -1) return;
      const headers = this.#rest.subarray(0, head).toString('latin1');
      const [, noise = '', digits] =
        /^([^]*?)Content-Length: (\d+)(?:\r\n[^]*)?$/.exec(headers) ?? [];
      if (digits === undefined) {
        this.noise += headers;
        this.#rest = this.#rest.subarray(head + 4);
        continue;
      }
      this.noise += noise;
      const end = head + 4 + Number(digits);
      if (this.#rest.length < end) return;
      const body = this.#rest.subarray(head + 4, end).toString('utf8');
      this.#rest = this.#rest.subarray(end);
      // Whatever a server sends is a message; a test fails on what does not fit.
      this.#receive(JSON.parse(body) as Message);
    }
  }

  #receive(message: Message): void {
    const { id, method, params } = message;
    if (method === undefined) {
      if (typeof id === 'number') this.#waiting.get(id)?.(message);
      return;
    }
    if (id === undefined) {
      this.notifications.push({ method, params });
      for (const watcher of this.#watchers) watcher();
      this.#watchers.clear();
      return;
    }
    this.requested.push({ method, params });
    this.#send({ jsonrpc: '2.0', id, result: this.#answer(method, params) ?? null });
  }
}
