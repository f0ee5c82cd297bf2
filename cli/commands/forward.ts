import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';

const AFTER = `
PORT is the port on the Pi, also one that only the Pi itself can reach; LOCAL the port here (the
same without it). Where that is in use, or not for you, a free one is taken and named. Only this
machine can connect. Ends by Ctrl-C.

Examples:
  rpi forward kitchen 8080          http://127.0.0.1:8080/
  rpi forward kitchen 80:9000       http://127.0.0.1:9000/`;

type Ports = { readonly port: number; readonly local: number };

/** `rpi forward` */
export function addForward(program: Command): void {
  program
    .command('forward')
    .description('opens a port of a Pi on this machine, by ssh')
    .argument('<host>', 'a host of the inventory')
    .argument('<port[:local]>', 'the port on the Pi, and the one here', parsePorts)
    .addHelpText('after', AFTER)
    .action(async (host: string, ports: Ports, _options: unknown, command: Command) => {
      const { forward } = await import('../../core/forward/forward.ts');
      await executeInProject(
        invocationOf(command),
        (context) => forward({ host, ...ports }, context),
        {
          lines: {
            forward: ({ url, port }) => `${url}  is port ${port} of ${host}; Ctrl-C ends it`,
          },
        },
      );
    });
}

/** `PORT` or `PORT:LOCAL`. */
export function parsePorts(text: string): Ports {
  const [, port = '', local = port] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const ports = { port: Number(port), local: Number(local) };
  if ([ports.port, ports.local].every((each) => each > 0 && each < 65_536)) return ports;
  throw new InvalidArgumentError('It takes a port, or two as in 80:9000; each is 1 to 65535.');
}
