/**
 * A second configuration, which the installer downloads (`online_config`) and reads over the first
 * one when network and clock are up. Nothing in its format tells it from a first one.
 */

/** By its name (`online.installer-config`) or a comment in its first line (`# online config`). */
export function saysItIsOnline(text: string, path: string): boolean {
  const name = path.replace(/^.*[\\/]/, '');
  const comment = /^\uFEFF?[ \t]*#([^\r\n]*)/.exec(text)?.[1] ?? '';
  return /(?:^|[-_.])online(?:[-_.]|$)/i.test(name) || /\bonline[ _-]config\b/i.test(comment);
}

/** Whether the address in a first configuration ends in the name of the file. */
export function namesAsOnline(address: string, path: string): boolean {
  const name = path.replace(/^.*[\\/]/, '');
  return address.replace(/[?#].*$/, '').endsWith(`/${name}`);
}
