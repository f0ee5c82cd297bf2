import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogueOf, type Offer } from '../../../core/debian/catalogue.ts';
import { parsePackages, type DebianPackage } from '../../../core/debian/packages.ts';
import { parseRelations } from '../../../core/debian/relation.ts';
import { parseWanted, resolve } from '../../../core/debian/resolve.ts';

type Given = { name: string; version?: string; depends?: string; provides?: string; arch?: string };

function offer(given: Given, priority = 500): Offer {
  return {
    archive: 'here',
    priority,
    package: {
      name: given.name,
      version: given.version ?? '1.0',
      architecture: given.arch ?? 'armhf',
      dependsOn: given.depends ?? '',
      provides: given.provides ?? '',
      required: false,
      size: 1,
      installedSize: 1,
    },
  };
}

const resolved = (wanted: string, packages: readonly Given[]): string =>
  told(
    wanted,
    packages.map((each) => offer(each)),
  );

function told(wanted: string, offers: readonly Offer[]): string {
  const list = wanted.split(' ').flatMap((text) => parseWanted(text) ?? []);
  const { packages, missing } = resolve(list, catalogueOf(offers, 'armhf'));
  return missing.length > 0
    ? missing.map(({ why }) => why).join('; ')
    : packages.map(({ package: { name, version } }) => `${name} ${version}`).join(', ');
}

describe('what comes along with a package', () => {
  it('is all that it depends on, to the end', () => {
    const packages = [
      { name: 'a', depends: 'b (>= 1.0), c' },
      { name: 'b' },
      { name: 'c', depends: 'd', arch: 'all' },
      { name: 'd' },
      { name: 'e' },
    ];
    expect(resolved('a', packages)).toBe('a 1.0, b 1.0, c 1.0, d 1.0');
  });

  it('is one alternative: the first that can be installed, or one that comes along anyway', () => {
    const packages = [
      { name: 'a', depends: 'gone | broken | b | c' },
      { name: 'broken', depends: 'gone' },
      { name: 'b' },
      { name: 'c' },
    ];
    expect(resolved('a', packages)).toBe('a 1.0, b 1.0');
    expect(resolved('c a', packages)).toBe('a 1.0, c 1.0');
  });

  it('may be a package that provides what is asked for, in the version that it provides', () => {
    const packages = [
      { name: 'a', depends: 'mail-agent' },
      { name: 'x', depends: 'lib (>= 2)' },
      { name: 'postfix', provides: 'mail-agent, lib (= 2.5)' },
    ];
    expect(resolved('a', packages)).toBe('a 1.0, postfix 1.0');
    expect(resolved('x', packages)).toBe('postfix 1.0, x 1.0');
    expect(resolved('y', [{ name: 'y', depends: 'lib (>= 3)' }, ...packages])).toBe(
      'y → lib (>= 3)',
    );
  });

  it('goes in circles where packages do', () => {
    expect(
      resolved('a', [
        { name: 'a', depends: 'b' },
        { name: 'b', depends: 'a' },
      ]),
    ).toBe('a 1.0, b 1.0');
  });

  it('is missing with the way to what is not there', () => {
    const packages = [
      { name: 'apache2', depends: 'apache2-bin' },
      { name: 'apache2-bin', depends: 'libapr1 (>= 1.7)' },
      { name: 'libapr1', version: '1.6' },
    ];
    expect(resolved('apache2 nothing', packages)).toBe(
      'apache2 → apache2-bin → libapr1 (>= 1.7); nothing',
    );
  });

  it('is of this architecture or of all', () => {
    expect(resolved('a', [{ name: 'a', arch: 'arm64' }])).toBe('a');
  });

  it('is the newest, unless an archive goes first or a version is asked for', () => {
    const versions = ['1.9', '1.10', '1.10~rc1'].map((version) => ({ name: 'a', version }));
    expect(resolved('a', versions)).toBe('a 1.10');
    expect(resolved('a=1.9', versions)).toBe('a 1.9');
    expect(resolved('a=2', versions)).toBe('a=2');
    const offers = [offer({ name: 'a', version: '9' }), offer({ name: 'a', version: '1' }, 600)];
    expect(told('a', offers)).toBe('a 1');
  });

  it('is sound and complete, whatever depends on whatever', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const field = fc
      .array(fc.array(name, { minLength: 1, maxLength: 2 }), { maxLength: 3 })
      .map((groups) => groups.map((group) => group.join(' | ')).join(', '));
    const archive = fc.uniqueArray(fc.record({ name, depends: field }), {
      selector: (each) => each.name,
      maxLength: 7,
    });
    fc.assert(
      fc.property(archive, (packages) => {
        const offers = packages.map((each) => offer(each));
        const { packages: got, missing } = resolve([{ name: 'a' }], catalogueOf(offers, 'armhf'));
        const names = got.map((each) => each.package.name);
        for (const { package: each } of got) {
          for (const group of parseRelations(each.dependsOn)) {
            expect(group.some((relation) => names.includes(relation.name))).toBe(true);
          }
        }
        expect(missing.length === 0).toBe(canBeInstalled(packages));
      }),
    );
  });
});

/** By trying all sets of packages: `a` and one alternative of each dependency of all that is in. */
function canBeInstalled(packages: readonly { name: string; depends: string }[]): boolean {
  const sets = Array.from({ length: 2 ** packages.length }, (_, bits) =>
    packages.filter((_each, index) => (bits >> index) % 2 === 1),
  );
  return sets.some((set) => {
    const has = (name: string): boolean => set.some((each) => each.name === name);
    return (
      has('a') &&
      set.every(({ depends }) =>
        parseRelations(depends).every((group) => group.some(({ name }) => has(name))),
      )
    );
  });
}

it('a relation is read with its version, and without its architecture', () => {
  expect(parseRelations('python3:any (>= 3.9~), a | b (<< 2), ,bad!')).toEqual([
    [{ name: 'python3', version: { relation: '>=', bound: '3.9~' } }],
    [{ name: 'a' }, { name: 'b', version: { relation: '<<', bound: '2' } }],
    [{ name: 'bad' }],
  ]);
});

it('an index means the same in whatever pieces it comes', async () => {
  const text =
    'Package: a\nVersion: 1\nArchitecture: all\nEssential: yes\nSize: 7\nDepends: b,\n c\n\nPackage: b\nVersion: 2\nPre-Depends: a\nInstalled-Size: 3\n';
  const read = async (size: number): Promise<DebianPackage[]> => {
    const pieces = async function* (): AsyncGenerator<string> {
      for (let at = 0; at < text.length; at += size) {
        yield await Promise.resolve(text.slice(at, at + size));
      }
    };
    const packages: DebianPackage[] = [];
    for await (const each of parsePackages(pieces())) packages.push(each);
    return packages;
  };
  const whole = await read(text.length);
  expect(whole).toMatchObject([
    { name: 'a', required: true, size: 7, dependsOn: 'b, c' },
    { name: 'b', dependsOn: 'a', installedSize: 3072 },
  ]);
  for (const size of [1, 2, 3, 7, 20]) expect(await read(size)).toEqual(whole);
});
