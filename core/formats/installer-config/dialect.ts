/** Which of the two installers a file is written for. */
import type { DialectName } from '../../data/installer-dialects.ts';

/**
 * By rank: the first line's comment (`# raspbian-ua-netinst`), rpi.yml's setting, the folders of
 * the path. Without any of them the maintained fork, raspberrypi-ua-netinst.
 */
export function detectDialect(
  text: string,
  path: string,
  setting: DialectName | undefined,
): DialectName {
  return dialectOfComment(text) ?? setting ?? dialectOfPath(path) ?? 'raspberrypi-ua-netinst';
}

/** A first line such as `# dialect: raspbian-ua-netinst`: a comment with one of the names in it. */
export function dialectOfComment(text: string): DialectName | undefined {
  const line = /^\uFEFF?[ \t]*#([^\r\n]*)/.exec(text)?.[1];
  return line === undefined ? undefined : nameIn(line);
}

function dialectOfPath(path: string): DialectName | undefined {
  for (const folder of path.split(/[\\/]/).slice(0, -1).reverse()) {
    const name = nameIn(folder);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** A text that names both, as one that compares them does, says nothing. */
function nameIn(text: string): DialectName | undefined {
  const fork = /\braspberrypi-ua-netinst\b/i.test(text);
  const old = /\braspbian-ua-netinst\b/i.test(text);
  if (fork === old) return undefined;
  return old ? 'raspbian-ua-netinst' : 'raspberrypi-ua-netinst';
}
