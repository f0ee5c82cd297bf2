/** Writing to stdout at the reader's pace, and going on when the reader has gone (`rpi … | head`). */
let gone = false;

/** Waits while the reader is slow. A reader that has gone stops no run: what is left is not printed. */
export async function print(text: string): Promise<void> {
  if (gone || process.stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      process.stdout.off('drain', goOn);
      process.stdout.off('close', goOn);
      resolve();
    };
    process.stdout.on('drain', goOn);
    process.stdout.on('close', goOn);
  });
}

/** To be called once, before anything is printed. */
export function surviveClosedOutput(): void {
  process.stdout.on('error', () => (gone = true));
  process.stderr.on('error', () => undefined);
}
