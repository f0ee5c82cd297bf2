/** The `rpi` program: checks the Node it runs on before anything newer than it is loaded. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(
    `rpi needs Node 22.13 or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one: https://nodejs.org/en/download, or your system’s package “nodejs”.\n',
  );
  process.exitCode = 3;
} else {
  // One that runs for months is started so: core/command/small-node.ts. Before all else: see there.
  if (globalThis.gc !== undefined) (await import('./stay-small.ts')).staySmall();
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
}

export {};
