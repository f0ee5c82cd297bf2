/**
 * Fetches a Pi's page and says whether it is the app's: exit code 0 or 1.
 *   node page-check.mjs URL plot|empty
 * A program of its own, because it runs where the Pis are.
 */
const [url = '', expected] = process.argv.slice(2);
const response = await fetch(url, { signal: AbortSignal.timeout(15_000) });
const text = await response.text();
const title = /<title>(.*?)<\/title>/s.exec(text)?.[1]?.trim() ?? 'no title';
const plot = /<svg[\s>]/.test(text);
const foreign = /(?:src|href)\s*=\s*["']?(?:https?:)?\/\//i.test(text);
process.stdout.write(
  `${response.status} “${title}”, ${plot ? 'with a plot' : 'without a plot'}${foreign ? ', loads from elsewhere' : ''}\n`,
);
const right = response.status === 200 && plot === (expected === 'plot') && !foreign;
process.exitCode = right ? 0 : 1;
