/**
 * The program that asks: written to a file by server.ts, so it stands alone.
 * `node FILE ARGUMENT…` asks over the socket and prints the secret.
 */
export function clientSource(socketPath: string, token: string): string {
  return `// Asks for a secret. Its folder is private and removed by who made it.
import { connect } from 'node:net';

const socket = connect(${JSON.stringify(socketPath)});
let reply = '';
socket.setEncoding('utf8');
socket.on('error', () => { process.exitCode = 1; });
socket.on('data', (text) => { reply += text; });
socket.on('end', () => {
  const { secret } = JSON.parse(reply || '{}');
  if (typeof secret === 'string') process.stdout.write(secret + '\\n');
  else process.exitCode = 1;
});
const token = ${JSON.stringify(token)};
const args = process.argv.slice(2);
socket.write(JSON.stringify({ token, args, parent: process.ppid }) + '\\n');
`;
}
