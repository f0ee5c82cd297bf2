import { describe, expect, it } from 'vitest';
import { identification } from '../../../core/detect/sources/ssh-banners.ts';

describe('the identification of an ssh server', () => {
  it('is its line, once that is complete', () => {
    expect(identification('SSH-2.0-OpenSSH_9.2p1 Raspbian-2+deb12u3')).toBeUndefined();
    expect(identification('SSH-2.0-OpenSSH_9.2p1 Raspbian-2+deb12u3\r\n')).toBe(
      'SSH-2.0-OpenSSH_9.2p1 Raspbian-2+deb12u3',
    );
    expect(identification('SSH-1.99-old\nrest')).toBe('SSH-1.99-old');
  });

  it('may come after other lines', () => {
    expect(identification('Welcome!\r\nNo SSH-here\r\nSSH-2.0-dropbear\r\n')).toBe(
      'SSH-2.0-dropbear',
    );
  });

  it('is not what another protocol says', () => {
    expect(identification('220 mail ESMTP\r\n')).toBeUndefined();
  });
});
