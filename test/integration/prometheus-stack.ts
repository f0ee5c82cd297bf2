/** Debian's prometheus, alertmanager and node_exporter, on loopback, for tests. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ALERTMANAGER, NODE_EXPORTER, PROMETHEUS } from '../prometheus-programs.ts';

/** Debian's packages that are missing; none: the stack can run. */
export const missingPackages = Object.entries({
  prometheus: PROMETHEUS,
  'prometheus-alertmanager': ALERTMANAGER,
  'prometheus-node-exporter': NODE_EXPORTER,
}).flatMap(([name, path]) => (path === undefined ? [name] : []));

export type Running = AsyncDisposable;

type Command = { readonly command: string; readonly args: readonly string[] };
/** The command that runs a program elsewhere: in another network. */
export type Enter = (program: string, args: readonly string[]) => Promise<Command>;

const here: Enter = (command, args) => Promise.resolve({ command, args });

async function start(
  program: string | undefined,
  words: readonly string[],
  enter = here,
): Promise<Running> {
  if (program === undefined) throw new Error(`missing: ${missingPackages.join(', ')}`);
  const { command, args } = await enter(program, words);
  const child = spawn(command, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ASK = 'process.exit((await fetch(process.argv[1])).status === 200 ? 0 : 1)';

async function answers(url: string, enter = here): Promise<void> {
  const { command, args } = await enter(process.execPath, [
    ...['--input-type=module', '--eval', ASK, url],
  ]);
  for (let turn = 0; turn < 200; turn++) {
    const isThere = await promisify(execFile)(command, args).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}

/** A real node_exporter at `address`:9100, with what its textfile collector finds in `folder`. */
export async function startExporter(address: string, folder: string): Promise<Running> {
  const collectors = ['loadavg', 'meminfo', 'filesystem', 'time', 'stat', 'cpu', 'textfile'];
  const running = await start(NODE_EXPORTER, [
    `--web.listen-address=${address}:9100`,
    '--collector.disable-defaults',
    ...collectors.map((name) => `--collector.${name}`),
    `--collector.textfile.directory=${folder}`,
  ]);
  await answers(`http://${address}:9100/metrics`);
  return running;
}

export type StackOptions = {
  readonly folder: string;
  /** Of `rpi monitor targets --write`. */
  readonly targets: string;
  readonly webhooks: readonly { readonly url: string; readonly tokenFile: string }[];
  readonly port: number;
  /** Where they run; on this machine's own loopback where it is not said. */
  readonly enter?: Enter;
};

/** Both, by the second: what fires is told within some three seconds. */
export async function startStack(options: StackOptions): Promise<Running> {
  const { folder, targets, webhooks, port, enter } = options;
  const alertmanagerPort = await freePort();
  await mkdir(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(targets, '*.rules.yml')],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }],
      },
      scrape_configs: [
        { job_name: 'rpi', file_sd_configs: [{ files: [join(targets, '*.targets.json')] }] },
      ],
    }),
  );
  const alertmanagerConfig = join(folder, 'alertmanager.yml');
  await writeFile(
    alertmanagerConfig,
    JSON.stringify({
      route: {
        receiver: 'rpi',
        group_by: ['project', 'alertname'],
        group_wait: '3s',
        group_interval: '1s',
        repeat_interval: '4h',
      },
      receivers: [
        {
          name: 'rpi',
          webhook_configs: webhooks.map(({ url, tokenFile }) => ({
            url,
            http_config: { authorization: { credentials_file: tokenFile } },
          })),
        },
      ],
    }),
  );
  const alertmanagerWords = [
    `--config.file=${alertmanagerConfig}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
    '--cluster.listen-address=',
  ];
  const alertmanager = await start(ALERTMANAGER, alertmanagerWords, enter);
  const prometheusWords = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--rules.alert.resend-delay=1s',
  ];
  const prometheus = await start(PROMETHEUS, prometheusWords, enter);
  await answers(`http://127.0.0.1:${alertmanagerPort}/-/ready`, enter);
  await answers(`http://127.0.0.1:${port}/-/ready`, enter);
  return {
    [Symbol.asyncDispose]: async () => {
      await prometheus[Symbol.asyncDispose]();
      await alertmanager[Symbol.asyncDispose]();
    },
  };
}
