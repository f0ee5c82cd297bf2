import { describe, expect, it } from 'vitest';
import { parseHostList } from '../../../core/detect/host-list.ts';

describe('a host list', () => {
  it('has one address a line, with comments and blank lines, each address once', () => {
    const text = '# the shed\n192.168.7.21\r\n\n  192.168.7.22  # by the door\n192.168.7.21\n';
    expect(parseHostList(text, 'pis.txt')).toEqual(['192.168.7.21', '192.168.7.22']);
  });

  it('names the line of what is no address', () => {
    expect(() => parseHostList('192.168.7.21\n192.168.7\n', 'pis.txt')).toThrow(
      /pis\.txt:2: “192\.168\.7”/,
    );
  });

  it('that is empty is refused', () => {
    expect(() => parseHostList('# nothing yet\n', 'pis.txt')).toThrow(/lists no addresses/);
  });
});
