/** Random inventories: what they say, and texts that say it in the manners people write YAML. */
import fc from 'fast-check';

export type ModelValue = string | number | boolean | null | readonly string[];
export type ModelHost = { name: string; vars: Record<string, ModelValue> };
export type ModelGroup = { name: string; hosts: ModelHost[]; vars: Record<string, ModelValue> };
export type RandomInventory = {
  readonly text: string;
  /** Groups as they stand in the file, a group once. */
  readonly groups: readonly ModelGroup[];
};

/** A value, as text in YAML and as what Ansible makes of it. */
const SCALARS: readonly (readonly [string, ModelValue])[] = [
  ['0755', 0o755],
  ['22', 22],
  ['"10.0"', '10.0'],
  ["'it''s'", "it's"],
  ['yes', true],
  ['off', false],
  ['y', 'y'],
  ['1_000', 1000],
  ['plain words, with: nothing'.replace(':', ''), 'plain words, with nothing'],
  ['1e3', '1e3'],
  ['0o17', '0o17'],
  ['12:30:45', 45045],
  ['"b8:27:eb:01:02:03"', 'b8:27:eb:01:02:03'],
  ['192.168.1.20', '192.168.1.20'],
  ['2020-01-02', '2020-01-02'],
  ['~', null],
  ['http://x.example/#a', 'http://x.example/#a'],
];
/** Those that may stand within `{}`. */
const FLOW_SCALARS = SCALARS.filter(([text]) => !/[,:#~]/.test(text.replace(/"[^"]*"/, '')));
const NAMES = ['ansible_port', 'mode', 'note', 'rpi_macs', 'w1_devices', 'x-y'] as const;
const COMMENTS = ['# keep me', '#', '# ünï → "quotes" {a: b}', '#: [x'];

type Draw = fc.GeneratorValue;

/** A random inventory; see RandomInventory. */
export const randomInventory: fc.Arbitrary<RandomInventory> = fc.gen().map((draw) => write(draw));

function write(draw: Draw): RandomInventory {
  const pick = <T>(items: readonly T[]): T => draw(fc.constantFrom, ...items) as T;
  const chance = (percent: number): boolean => draw(fc.integer, { min: 1, max: 100 }) <= percent;
  const upTo = (max: number): number => draw(fc.nat, { max });
  const step = pick([2, 2, 2, 1, 3, 4]);
  const newline = pick(['\n', '\n', '\r\n']);
  const lines: string[] = [];
  const groups: ModelGroup[] = [];
  let hostNumber = 0;
  let anchorNumber = 0;

  const noise = (): void => {
    if (lines.at(-1)?.endsWith('# no comment') !== true && chance(15)) lines.push('');
    // Indented, behind a block scalar, it would be a part of it.
    const indent = lines.at(-1)?.endsWith('# no comment') === true ? 0 : upTo(8);
    if (chance(15)) lines.push(' '.repeat(indent) + pick(COMMENTS));
  };
  const put = (indent: number, text: string): void => {
    noise();
    lines.push(' '.repeat(indent) + text + (chance(15) ? `  ${pick(COMMENTS)}` : ''));
  };
  const key = (name: string): string => (chance(15) ? pick([`"${name}"`, `'${name}'`]) : name);
  const nothing = (): string => pick([':', ':', ': ~', ': null', ': {}']);

  const flowVars = (): [string, Record<string, ModelValue>] => {
    const vars: Record<string, ModelValue> = {};
    const parts = NAMES.filter(() => chance(30)).map((name) => {
      const [text, value] = pick(FLOW_SCALARS);
      vars[name] = value;
      return `${name}: ${text}`;
    });
    const space = pick(['', ' ']);
    return [`{${space}${parts.join(', ')}${parts.length > 0 ? space : ''}}`, vars];
  };

  const blockVars = (indent: number): Record<string, ModelValue> => {
    const vars: Record<string, ModelValue> = {};
    for (const name of NAMES.filter(() => chance(35))) {
      if (chance(15)) {
        put(indent, `${key(name)}:`);
        const column = indent + (chance(50) ? step : 0);
        vars[name] = ['aa', 'bb'];
        put(column, '- aa');
        put(column, "- 'bb'");
      } else if (chance(10)) {
        noise();
        lines.push(`${' '.repeat(indent)}${name}: |`, `${' '.repeat(indent + step)}# no comment`);
        vars[name] = '# no comment\n';
      } else {
        const [text, value] = pick(SCALARS);
        const anchor = chance(10) ? `&a${anchorNumber++} ` : '';
        put(indent, `${key(name)}: ${anchor}${text}`);
        vars[name] = value;
      }
    }
    return vars;
  };

  const block = (indent: number, name: string, body: (inner: number) => boolean): void => {
    const at = lines.length;
    const filled = body(indent + step);
    const head = ' '.repeat(indent) + key(name) + (filled ? ':' : nothing());
    lines.splice(at, 0, head + (chance(15) ? ` ${pick(COMMENTS)}` : ''));
  };

  const writeHost = (indent: number): ModelHost => {
    const host: ModelHost = { name: `pi${hostNumber++}`, vars: {} };
    if (chance(25)) {
      const [text, vars] = flowVars();
      host.vars = vars;
      put(indent, `${key(host.name)}: ${text}`);
    } else {
      block(indent, host.name, (inner) => {
        host.vars = blockVars(inner);
        return Object.keys(host.vars).length > 0;
      });
    }
    return host;
  };

  const writeGroup = (indent: number, name: string, depth: number): void => {
    const group: ModelGroup = { name, hosts: [], vars: {} };
    groups.push(group);
    block(indent, name, (inner) => {
      let filled = false;
      for (const section of pick([
        ['hosts', 'vars', 'children'],
        ['vars', 'hosts', 'children'],
        ['children', 'hosts'],
      ])) {
        if (!chance(60)) continue;
        filled = true;
        if (section === 'hosts' && chance(15)) {
          const host: ModelHost = { name: `pi${hostNumber++}`, vars: {} };
          group.hosts.push(host);
          put(inner, `hosts: {${pick([host.name, `${host.name}: `, `${host.name}: {}`])}}`);
          continue;
        }
        block(inner, section, (column) => {
          const count = upTo(3);
          if (section === 'vars') group.vars = blockVars(column);
          else if (section === 'hosts') {
            for (let i = 0; i < count; i++) group.hosts.push(writeHost(column));
          } else if (depth < 2) {
            for (let i = 0; i < count; i++) writeGroup(column, `${name}_${i}`, depth + 1);
          }
          const isEmpty = section === 'vars' ? Object.keys(group.vars).length === 0 : count === 0;
          return !isEmpty && !(section === 'children' && depth >= 2);
        });
      }
      return filled;
    });
  };

  if (chance(30)) lines.push('# The Pis of this house');
  if (chance(40)) lines.push('---');
  const tops = pick([[], ['all'], ['all'], ['all', 'sensors'], ['sensors', 'screens']]);
  for (const name of tops) writeGroup(0, name, 0);
  noise();
  const text = (chance(10) ? '\uFEFF' : '') + lines.join(newline);
  // A block scalar must end its last line, or nothing can be added behind it.
  const ended = lines.length > 0 && (chance(80) || lines.at(-1)?.endsWith('# no comment') === true);
  return { text: ended ? text + newline : text, groups };
}
