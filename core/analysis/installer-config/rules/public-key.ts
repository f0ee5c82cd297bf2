import { parsePublicKey } from '../../../formats/ssh-key.ts';
import type { FileRule } from '../items.ts';

const USABLE =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** Whoever should log in with it can't. */
export const publicKey: FileRule = {
  code: 'public-key',
  *check({ dialect, assignment }, { files }) {
    for (const name of ['root_ssh_pubkey', 'user_ssh_pubkey']) {
      const written = assignment(name);
      const option = dialect.option(name);
      if (option === undefined || written?.value === undefined || written.value === '') continue;
      const fault = faultOf(written.value, option.type === 'sshkey-or-file', files);
      if (fault !== undefined) yield { ...written.valueRange, message: fault };
    }
  },
};

function faultOf(
  value: string,
  mayBeFile: boolean,
  files: ReadonlySet<string> | undefined,
): string | undefined {
  const key = parsePublicKey(value);
  if (key !== undefined) {
    return USABLE.test(key.type)
      ? undefined
      : `OpenSSH no longer takes keys of the type ${key.type}: make one with ssh-keygen -t ed25519.`;
  }
  if (value.includes('PRIVATE KEY')) {
    return 'This is a private key. Take it out of here, and write the line of its .pub file.';
  }
  const looksLikeKey =
    /^(?:ssh-|ecdsa-|sk-)/.test(value) || /\s/.test(value) || /^AAAA/.test(value);
  if (mayBeFile && /^[/~]/.test(value) && files?.has(value) !== true) {
    return 'This file is looked for in config/files, not on your computer: copy it there and write its name alone.';
  }
  if (!looksLikeKey && mayBeFile) {
    return files === undefined || files.has(value)
      ? undefined
      : `There is no file ${value} in config/files: nobody could log in with its keys.`;
  }
  return 'This is no public key: write the one line of a .pub file, as in ssh-ed25519 AAAA… name.';
}
