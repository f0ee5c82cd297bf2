/** The programs of the scaffold's app, run by Python on recorded contents of `w1_slave`. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';

const run = promisify(execFile);
const roles = join(import.meta.dirname, '../../templates/project/roles');
const reader = join(roles, 'temperature_logger/files/read_temperatures.py');
const pageMaker = join(roles, 'temperature_page/files/make_page.py');

const WINDOW = '28-0316a2798ecf';
const FRIDGE = '28-0316a27aa7ff';

const latestSchema = z.object({
  state: z.string(),
  summary: z.string(),
  sensors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      celsius: z.number().nullable(),
      problem: z.string().nullable(),
    }),
  ),
});
type Latest = z.infer<typeof latestSchema>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-temperature-'));
  await mkdir(join(folder, 'bus'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function connect(sensor: string, sample: string): Promise<void> {
  await mkdir(join(folder, 'bus', sensor), { recursive: true });
  await copyFile(
    join(import.meta.dirname, 'samples/w1', `${sample}.txt`),
    join(folder, 'bus', sensor, 'w1_slave'),
  );
}

async function takeReading(devices: readonly unknown[] = []): Promise<string> {
  const config = join(folder, 'config.json');
  const database = join(folder, 'readings.db');
  const settings = { database, bus: join(folder, 'bus'), devices, keep_days: 30 };
  await writeFile(config, JSON.stringify(settings));
  const { stderr } = await run('python3', [reader, '--config', config]);
  return stderr;
}

async function makePage(title = 'garden'): Promise<{ page: string; latest: Latest }> {
  const database = join(folder, 'readings.db');
  await run('python3', [pageMaker, '--database', database, '--folder', folder, '--title', title]);
  return {
    page: await readFile(join(folder, 'index.html'), 'utf8'),
    latest: latestSchema.parse(JSON.parse(await readFile(join(folder, 'latest.json'), 'utf8'))),
  };
}

const sql = async (statement: string): Promise<void> => {
  const program =
    'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.executescript(sys.argv[2])';
  await run('python3', ['-c', program, join(folder, 'readings.db'), statement]);
};

async function query(statement: string): Promise<unknown> {
  const program =
    'import json, sqlite3, sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))';
  const { stdout } = await run('python3', ['-c', program, join(folder, 'readings.db'), statement]);
  return JSON.parse(stdout);
}

describe('reading the sensors', () => {
  it('stores what every sensor on the bus says', async () => {
    await connect(WINDOW, 'room');
    await connect(FRIDGE, 'freezer');
    expect(await takeReading()).toBe('');
    const { latest } = await makePage();
    expect(latest.state).toBe('reading');
    expect(latest.summary).toBe(`${WINDOW}: 23.1 °C, ${FRIDGE}: -9.1 °C`);
    expect(latest.sensors.map((sensor) => [sensor.id, sensor.celsius])).toEqual([
      [WINDOW, 23.125],
      [FRIDGE, -9.125],
    ]);
  });

  it('reads the sensors of w1_devices only, by their names', async () => {
    await connect(WINDOW, 'room');
    await connect(FRIDGE, 'freezer');
    await takeReading([{ id: FRIDGE.toUpperCase(), name: 'Fridge' }]);
    const { latest } = await makePage();
    expect(latest.sensors).toMatchObject([{ id: FRIDGE, name: 'Fridge', celsius: -9.125 }]);
  });

  it.each([
    ['wrong-checksum', 'checksum is wrong'],
    ['pulled-out', 'checksum is wrong'],
    ['shorted', 'shorted to ground'],
    ['disconnected', 'disconnected'],
    ['empty', "doesn't answer"],
    ['power-on', 'just got power'],
  ])('takes no temperature from a sensor that is %s, and says why', async (sample, problem) => {
    await connect(WINDOW, sample);
    expect(await takeReading()).toContain(problem);
    const { latest, page } = await makePage();
    expect(latest).toMatchObject({ state: 'problem', sensors: [{ celsius: null }] });
    expect(latest.sensors[0]?.problem).toContain(problem);
    expect(page).toContain('class="problem"');
  });

  it('believes 85 °C where it was nearly as hot just before', async () => {
    await connect(WINDOW, 'room');
    await takeReading();
    await sql('UPDATE reading SET celsius = 83.5, taken_at = taken_at - 300');
    await connect(WINDOW, 'power-on');
    await takeReading();
    const { latest } = await makePage();
    expect(latest.sensors).toMatchObject([{ celsius: 85, problem: null }]);
  });

  it('keeps the good sensor when another is missing', async () => {
    await connect(WINDOW, 'room');
    await takeReading([WINDOW, FRIDGE]);
    const { latest } = await makePage();
    expect(latest.state).toBe('reading');
    expect(latest.sensors.find((sensor) => sensor.id === FRIDGE)?.problem).toBe('not connected');
  });

  it('refuses an id that is none, naming the setting', async () => {
    await expect(takeReading([{ id: '10-000802b4a3c1', name: 'Old' }])).rejects.toThrow(
      /w1_devices/,
    );
  });

  it('forgets readings that are older than they are to be kept', async () => {
    await connect(WINDOW, 'room');
    await takeReading();
    await sql('UPDATE reading SET taken_at = taken_at - 40 * 86400');
    await takeReading();
    await sql(
      'CREATE TABLE seen AS SELECT count(*) AS n FROM reading; SELECT 1 / (n = 1) FROM seen',
    );
    const { stdout } = await run('python3', [
      '-c',
      'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("SELECT n FROM seen").fetchone())',
      join(folder, 'readings.db'),
    ]);
    expect(stdout.trim()).toBe('1');
  });
});

describe('the page', () => {
  it('says that no sensor is connected, and what to do', async () => {
    await takeReading();
    const { page, latest } = await makePage();
    expect(latest).toMatchObject({
      state: 'no-sensor',
      summary: 'no sensor is connected',
      sensors: [],
    });
    expect(page).toContain('No sensor is connected');
    expect(page).toContain('GPIO 4');
    expect(page).not.toContain('<svg');
  });

  it('says that there is no reading yet, before the first one', async () => {
    const { page, latest } = await makePage();
    expect(latest.state).toBe('no-data');
    expect(page).toContain('No reading yet');
  });

  it('plots the readings, and tells them in words', async () => {
    await connect(WINDOW, 'room');
    await takeReading([{ id: WINDOW, name: 'Window' }]);
    expect(await query('SELECT count(*) FROM reading')).toEqual([[1]]);
  });
});

describe('the page', () => {
  it('says that no sensor is connected, and what to do', async () => {
    await takeReading();
    const { page, latest } = await makePage();
    expect(latest).toMatchObject({
      state: 'no-sensor',
      summary: 'no sensor is connected',
      sensors: [],
    });
    expect(page).toContain('No sensor is connected');
    expect(page).toContain('GPIO 4');
    expect(page).not.toContain('<svg');
  });

  it('says that there is no reading yet, before the first one', async () => {
    const { page, latest } = await makePage();
    expect(latest.state).toBe('no-data');
    expect(page).toContain('No reading yet');
  });

  it('plots the very first reading, at whatever time it is taken', async () => {
    const program = [
      'import importlib.util, sys',
      "spec = importlib.util.spec_from_file_location('page', sys.argv[1])",
      'page = importlib.util.module_from_spec(spec)',
      'spec.loader.exec_module(page)',
      // Each second of a step of five minutes: the mean of one reading stands where it was taken.
      'print([t for t in range(300) if page.average([(t, 20.0)], 300) != [(t, 20.0)]])',
    ].join('\n');
    const { stdout } = await run('python3', ['-c', program, pageMaker]);
    expect(stdout).toBe('[]\n');
  });

  it('plots the readings, and tells them in words', async () => {
    await connect(WINDOW, 'room');
    await takeReading([{ id: WINDOW, name: 'Window' }]);
    await sql(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 288)
       INSERT INTO reading SELECT '${WINDOW}', strftime('%s', 'now') - i * 300, 20 + i % 5 FROM n`,
    );
    const { page } = await makePage();
    expect(page.match(/<polyline/g)?.length).toBeGreaterThanOrEqual(2);
    expect(page).toMatch(/<svg [^>]*role="img" aria-labelledby="day-title day-desc"/);
    expect(page).toContain('Window: from 20.0 to 24.0 °C');
  });

  it('does not draw a line over a gap', async () => {
    await connect(WINDOW, 'room');
    await takeReading();
    const now = "strftime('%s', 'now')";
    await sql(
      `DELETE FROM reading;
       INSERT INTO reading VALUES ('${WINDOW}', ${now} - 40000, 20), ('${WINDOW}', ${now} - 39700, 21),
                                  ('${WINDOW}', ${now} - 9000, 22), ('${WINDOW}', ${now} - 8700, 23)`,
    );
    const { page } = await makePage();
    const day = /<svg[^>]*day-title[\s\S]*?<\/svg>/.exec(page)?.[0] ?? '';
    expect(day.match(/<polyline/g)).toHaveLength(2);
  });

  it('loads nothing, and shows names as text', async () => {
    await connect(WINDOW, 'room');
    await takeReading([{ id: WINDOW, name: '<script src="http://x/">' }]);
    const { page } = await makePage('a & b');
    expect(page).not.toMatch(/<(?:script|link[^>]*href="(?!data:)|img|iframe)/);
    expect(page).not.toMatch(/(?:src|href)\s*=\s*"?https?:/);
    expect(page).toContain('&lt;script');
    expect(page).toContain('Temperature: a &amp; b');
    expect(page).toContain("default-src 'none'");
  });

  it('shows an old reading as old, and calls it a problem', async () => {
    await connect(WINDOW, 'room');
    await takeReading();
    await sql('UPDATE reading SET taken_at = taken_at - 7200');
    await sql("UPDATE sensor SET problem = 'not connected'");
    const { page, latest } = await makePage();
    expect(latest.state).toBe('problem');
    expect(page).toContain('class="value old"');
  });
});
