/** The exit code of a program that asks where nobody listens any more. */
export const NOBODY = 2;

/**
 * The program that asks: written to a file by server.ts, so it stands alone.
 * `node FILE ARGUMENT…` asks over the socket and prints the secret; it ends with 1 where none was
 * given, and with NOBODY where nobody listens.
 */
export function clientSource(socketPath: string, token: string): string {
  return `// Asks for a secret. Its folder is private and removed by who made it.
import { connect } from 'node:net';

const socket = connect(${JSON.stringify(socketPath)});
let reply = '';
socket.setEncoding('utf8');
socket.on('error', () => { process.exitCode = ${NOBODY}; });
socket.on('data', (text) => { reply += text; });
socket.on('end', () => {
  const secret = reply === '' ? undefined : JSON.parse(reply).secret;
  if (typeof secret === 'string') process.stdout.write(secret + '\\n');
  else process.exitCode = reply === '' ? ${NOBODY} : 1;
});
const token = ${JSON.stringify(token)};
const args = process.argv.slice(2);
socket.write(JSON.stringify({ token, args, parent: process.ppid }) + '\\n');
`;
}
