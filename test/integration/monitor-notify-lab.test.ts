/** A receiver behind the link that fails, on the lab: all of it is told, once, when the link is back. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run as runInLab } from '../../lab/command.ts';
import { enterCommand } from '../../lab/lab.ts';
import {
  expectCode,
  fullTests,
  hostsLab,
  monitorStatus,
  printed,
  settings,
  twoEnrolled,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';

const PORT = 9199;
/** Writes down what it is told, a line each. */
const RECEIVER = `
import http.server
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with open("/tmp/told", "ab") as told:
            told.write(body + b"\\n")
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("0.0.0.0", ${PORT}), Receiver).serve_forever()
`;

describe.runIf(hostsLab && fullTests)(
  `a receiver on the lab${whyNoLab}`,
  { timeout: 150_000 },
  () => {
    let test: TestLab;
    let project: LabProject;
    const link = async (state: 'up' | 'down'): Promise<void> => {
      await runInLab(
        await enterCommand('ip', ['link', 'set', 'br0', state], { dir: test.lab.dir }),
      );
    };
    const told = async (): Promise<string[]> =>
      (await test.on('bravo', 'cat /tmp/told 2>/dev/null || true')).split('\n').filter(Boolean);

    beforeAll(async () => {
      ({ test, project } = await twoEnrolled({ 'rpi.yml': settings() }));
      const policy = [
        'monitor:',
        '  {interval: 1, timeout: 2, memory: 101, disk: 101, temperature: 199, notify_after: 1,',
        `  notify: [{type: chat, url: 'http://${test.address('bravo')}:${PORT}/'}, {type: ntfy, url_file: ../nowhere}]}`,
      ];
      await project.write({ 'rpi.yml': settings(policy) });
      await test.on(
        'bravo',
        `cat >/tmp/receiver.py <<'END'\n${RECEIVER}\nEND\nsystemd-run --quiet --unit receiver python3 /tmp/receiver.py`,
      );
    });

    afterAll(async () => {
      await test[Symbol.asyncDispose]();
    });

    it('that can’t be reached while our link is down, and the monitor is killed, is told all of it once and in order', async () => {
      const first = await project.start(['monitor']);
      const fault = printed(first, /Can't read \.\.\/nowhere \(ENOENT\)/);
      await printed(first, /bravo.*(?:healthy|warning)/);
      await fault;
      const notTold = printed(first, /chat was not told/);
      const blind = printed(first, /Nothing is judged/);
      await link('down');
      await blind;
      await notTold;
      const { pid, faults } = await monitorStatus(project);
      expect(faults.join()).toMatch(/chat was not told/);
      const killed = once(first, 'close');
      process.kill(pid, 'SIGKILL');
      await killed;

      const second = await project.start(['monitor']);
      await expect
        .poll(() => monitorStatus(project).then(({ self }) => self), { timeout: 20_000 })
        .toBeDefined();
      expect(await told()).toEqual([]);
      const back = printed(second, /This machine’s network is back/);
      await link('up');
      await back;
      await expect.poll(async () => (await told()).length, { timeout: 40_000 }).toBe(2);
      await expect
        .poll(async () => (await monitorStatus(project)).faults.join(), { timeout: 5000 })
        .not.toMatch(/chat/);
      expect(await told()).toEqual([
        expect.stringContaining('Nothing is judged'),
        expect.stringContaining('Pis are judged again'),
      ]);

      const ends = once(second, 'close');
      process.kill((await monitorStatus(project)).pid, 'SIGINT');
      expect((await ends)[0]).toBe(0);
      expectCode(await project.rpi(['monitor', 'explain', 'alpha']), 0);
    });
  },
);
