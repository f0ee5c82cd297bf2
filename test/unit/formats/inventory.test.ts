import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandHosts, parseAddress } from '../../../core/formats/inventory/host-pattern.ts';
import { parseIniInventory } from '../../../core/formats/inventory/ini-inventory.ts';
import { pythonValue } from '../../../core/formats/inventory/python-literal.ts';
import { parseYamlInventory } from '../../../core/formats/inventory/yaml-inventory.ts';

describe('ranges of hosts', () => {
  it.each<[string, string[]]>([
    ['pi[01:03]', ['pi01', 'pi02', 'pi03']],
    ['pi[8:10]', ['pi8', 'pi9', 'pi10']],
    ['pi[1:5:2]', ['pi1', 'pi3', 'pi5']],
    ['pi[:2]', ['pi0', 'pi1', 'pi2']],
    ['r[a:b]-[1:2]', ['ra-1', 'ra-2', 'rb-1', 'rb-2']],
    ['10.0.0.[1:2]', ['10.0.0.1', '10.0.0.2']],
    ['pi1:2222', ['pi1']],
  ])('%s', (pattern, hosts) => {
    expect(expandHosts(pattern).hosts).toEqual(hosts);
  });

  it.each([
    'pi[1',
    'pi[1]',
    'pi[01:100]',
    'pi[1:]',
    'pi[b:a]',
    'pi[1:9999999999]',
    'pi[1:2:0]',
    'x[1:z]',
  ])('refuses %s', (pattern) => {
    expect(() => expandHosts(pattern)).toThrow(/range|step|more than/);
  });

  it.each([
    ['[fe80::1]:22', 'fe80::1', 22],
    ['fe80::1', 'fe80::1', undefined],
    ['pi1:22', 'pi1', 22],
    ['a_b.local', 'a_b.local', undefined],
  ])('knows the address in %s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });
});

describe('values of INI inventories', () => {
  it.each<[string, unknown]>([
    ['1', 1],
    ['0755', '0755'],
    ['0x1f', 31],
    ['1_000', 1000],
    ['1.50', 1.5],
    ['-2', -2],
    ['1-2', '1-2'],
    ['True', true],
    ['true', 'true'],
    ['None', null],
    ["'a' 'b'", 'ab'],
    ["r'a\\n'", 'a\\n'],
    ["'a\\n\\x41'", 'a\nA'],
    ["['a', 1,]", ['a', 1]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['1,2', [1, 2]],
    ["{'a': [None]}", { a: [null] }],
    ['{1, 2}', [1, 2]],
    ['{1, 2: 3}', '{1, 2: 3}'],
    ['[1', '[1'],
    ['23 # after', 23],
    ['some text # kept', 'some text # kept'],
    ['', ''],
    ['10.0.0.1', '10.0.0.1'],
    ['{{ x }}', '{{ x }}'],
  ])('%s', (text, value) => {
    expect(pythonValue(text)).toEqual(value);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      '{',
      '}',
      ',',
      ':',
      "'",
      '"',
      '\\',
      '1',
      '.',
      'e',
      '-',
      ' ',
      '#',
      'True',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        pythonValue(pieces.join(''));
      }),
    );
  });
});

describe('faults', () => {
  const faultsOfIni = (text: string): string[] => {
    const parsed = parseIniInventory(text);
    return parsed.ok ? [] : parsed.faults.map(({ line, message }) => `${line ?? '?'} ${message}`);
  };

  it('of INI files are told all at once, each with its line', () => {
    const faults = faultsOfIni(
      '[a]\npi1 x\npi[1\n[b c]\n[d:vars]\nx=1\n[e:children]\nnone\n[f:what]\n',
    );
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['2', '3', '4', '9', '5', '8']);
  });

  it.each([
    ['all:\n  hosts:\n    - pi1\n', 2, 'no mapping'],
    ['all:\n  hosts:\n    10: {}\n', 3, 'quotation marks'],
    ['all:\n  hosts:\n    pi[1: {}\n', 3, 'not closed'],
    ['all:\n  hosts:\n    pi1: text\n', 3, 'no mapping'],
    ['all: 3\n', 1, 'no mapping'],
    ['- pi1\n', 1, 'mapping of groups'],
    ['all:\n  hosts:\n    pi1: *x\n', 1, 'anchor'],
    ['all:\n\thosts:\n', 2, ''],
  ])('of YAML files have a line: %j', (text, line, says) => {
    const parsed = parseYamlInventory(text);
    const faults = parsed.ok === false ? parsed.faults : [];
    expect(faults[0]).toMatchObject({ line });
    expect(faults[0]?.message).toContain(says);
  });
});
