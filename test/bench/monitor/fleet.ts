/**
 * 200 Pis every 10 s: `rpi monitor`, started as its service is, over kept ssh connections, beside
 * Debian's Prometheus that scrapes as many node_exporters, at the same time. CPU and memory are the
 * watcher's alone. A real node_exporter's answer is recorded once and served on 200 addresses of the
 * loopback.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { canRunSshd } from '../../integration/sshd.ts';
import { NODE_EXPORTER, PROMETHEUS } from '../../prometheus-programs.ts';
import { alone, atMost, type BenchRow } from '../row.ts';
import { cpuOf, INTERVAL, memoryOf, running, watchLoopback } from './loopback-fleet.ts';

const HOSTS = 200;
/** Logins, and what a program loads at first, are not counted; nor is a part of an interval. */
const [WARM_UP, MEASURED] = [40_000, 90_000];
const [EXPORTER_PORT, SCRAPED_PORT, PROMETHEUS_PORT] = [19_100, 19_101, 19_090];

/** Needs root, sshd, prometheus and prometheus-node-exporter, and dist/ as it is built. */
export async function benchmark(): Promise<BenchRow[]> {
  if (!canRunSshd || PROMETHEUS === undefined || NODE_EXPORTER === undefined) {
    process.stdout.write(
      '  200 hosts: not measured; it needs root, prometheus and prometheus-node-exporter.\n',
    );
    return [];
  }
  await using stack = new AsyncDisposableStack();
  const { folder, addresses, monitor: ours, status } = await watchLoopback(stack, HOSTS);
  const peer = await startPrometheus(PROMETHEUS, stack, folder, addresses, NODE_EXPORTER);
  await sleep(WARM_UP);
  const before = [await cpuOf(ours), await cpuOf(peer)] as const;
  await sleep(MEASURED);
  const after = [await cpuOf(ours), await cpuOf(peer)] as const;
  const share = (n: 0 | 1): number => ((after[n] - before[n]) / (MEASURED / 1000)) * 100;
  const measured = (await status()).hosts.filter(({ vitals }) => vitals !== undefined).length;
  if (measured !== HOSTS) throw new Error(`The monitor measured ${measured} of ${HOSTS}.`);
  await expectScraped();
  const peerName = `Prometheus, ${HOSTS} node_exporters`;
  const name = `${HOSTS} hosts every ${INTERVAL} s`;
  return [
    atMost(0.6, {
      name: `${name}, CPU of one core`,
      ours: share(0),
      peer: share(1),
      peerName,
      unit: '%',
    }),
    atMost(0.4, {
      name: `${name}, resident memory`,
      ours: await memoryOf(ours),
      peer: await memoryOf(peer),
      peerName,
      unit: 'MB',
    }),
    alone({
      name: 'the monitor, memory that is no file',
      value: await memoryOf(ours, 'RssAnon'),
      unit: 'MB',
    }),
  ];
}

async function startPrometheus(
  program: string,
  stack: AsyncDisposableStack,
  folder: string,
  addresses: readonly string[],
  exporter: string,
): Promise<ChildProcess> {
  const answer = await recordedAnswer(exporter, folder);
  for (const address of addresses) stack.use(await serve(answer, address));
  const config = join(folder, 'prometheus.yml');
  const targets = addresses.map((address) => `'${address}:${SCRAPED_PORT}'`).join(', ');
  await writeFile(
    config,
    `global: {scrape_interval: ${INTERVAL}s}
scrape_configs:
  - job_name: node
    static_configs: [{targets: [${targets}]}]
`,
  );
  const words = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${PROMETHEUS_PORT}`,
  ];
  return running(stack, program, words, folder, {});
}

/** What a node_exporter of this machine says, as it sends it. */
async function recordedAnswer(exporter: string, folder: string): Promise<Buffer> {
  await using stack = new AsyncDisposableStack();
  const at = `127.0.0.1:${EXPORTER_PORT}`;
  running(stack, exporter, [`--web.listen-address=${at}`], folder, {});
  for (let tries = 0; ; tries += 1) {
    try {
      const text = await (await fetch(`http://${at}/metrics`)).text();
      return gzipSync(text);
    } catch (error) {
      if (tries === 50) throw error;
      await sleep(100);
    }
  }
}

async function serve(answer: Buffer, address: string): Promise<AsyncDisposable> {
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.setHeader('content-encoding', 'gzip').end(answer);
  }).listen(SCRAPED_PORT, address);
  server.keepAliveTimeout = 60_000;
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function expectScraped(): Promise<void> {
  const url = `http://127.0.0.1:${PROMETHEUS_PORT}/api/v1/query?query=sum(up)`;
  const text = await (await fetch(url)).text();
  if (!text.includes(`"${HOSTS}"`)) throw new Error(`Prometheus did not scrape all: ${text}`);
}
