/**
 * The program that the children start: written to a file by askpass.ts, so it stands alone.
 * `node FILE KIND [PROMPT]` asks the run over its socket and prints the secret.
 */
export function clientSource(socketPath: string, token: string): string {
  return `// One run's askpass. Its folder is private; it is removed when the run ends.
import { connect } from 'node:net';

const [kind = '', prompt = ''] = process.argv.slice(2);
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
socket.write(JSON.stringify({ token: ${JSON.stringify(token)}, kind, prompt }) + '\\n');
`;
}
