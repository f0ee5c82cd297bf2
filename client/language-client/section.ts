/** The section of a page of Markdown under a heading, with the heading; the page where there is none. */
export function sectionOf(page: string, heading: string): string {
  const lines = page.split('\n');
  const start = lines.findIndex(
    (line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading,
  );
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length;
  if (level === undefined) return page;
  let isCode = false;
  const length = lines.slice(start + 1).findIndex((line) => {
    if (line.startsWith('```')) isCode = !isCode;
    const depth = isCode ? undefined : /^#+(?= )/.exec(line)?.[0].length;
    return depth !== undefined && depth <= level;
  });
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join('\n');
}
