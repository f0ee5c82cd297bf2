/** The markup of Ansible’s documentation (`C(code)`, `O(option)`, `L(text,address)` …) as Markdown. */

/** One paragraph. What stands in its words is text: nothing of it becomes Markdown or HTML. */
export function toMarkdown(markup: string): string {
  let done = '';
  let rest = 0;
  for (const match of markup.matchAll(TAG)) {
    const [all, simple, plain = '', semantic, escaped = ''] = match;
    done += plainText(markup.slice(rest, match.index));
    if (simple !== undefined) done += tag(simple, plain);
    else if (semantic !== undefined) done += code(named(semantic, unescaped(escaped)));
    rest = match.index + all.length;
  }
  return (done + plainText(markup.slice(rest))).trim();
}

/** Those of semantic markup (`O`, `V`, `E`, `RV`, `P`) escape `)` and `\` with a backslash. */
const TAG = /\b(?:(B|I|C|U|L|R|M)\(([^)]*)\)|(O|V|E|RV|P)\(((?:\\.|[^\\)])*)\)|HORIZONTALLINE\b)/g;

function tag(name: string, inner: string): string {
  switch (name) {
    case 'B':
      return `**${plainText(inner)}**`;
    case 'I':
      return `_${plainText(inner)}_`;
    case 'U':
      return link(inner, inner);
    case 'L': {
      const [, words = inner, address = ''] = /^(.*),\s*([^,]*)$/s.exec(inner) ?? [];
      return link(words, address);
    }
    case 'R':
      return plainText(inner.replace(/,[^,]*$/, ''));
    default:
      return code(inner);
  }
}

/** Without what a name belongs to, as in `O(ansible.builtin.copy#module:src=/x)`. */
function named(tag: string, inner: string): string {
  return tag === 'O' || tag === 'RV' || tag === 'P'
    ? inner.replace(/^[\w.]+#\w+:(?:\w+:)?/, '').replace(/#\w+$/, '')
    : inner;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function link(words: string, address: string): string {
  return /^https?:\/\/[^\s<>()]+$/.test(address.trim())
    ? `[${plainText(words)}](${address.trim()})`
    : plainText(words);
}

function code(text: string): string {
  if (text === '') return '';
  const fence = text.includes('`') ? '``' : '`';
  return fence === '`' ? `\`${text}\`` : `\`\` ${text} \`\``;
}

function plainText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, (character) => `\\${character}`);
}
