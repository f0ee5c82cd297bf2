/**
 * Values of INI inventories. Ansible hands them to Python's `ast.literal_eval`; what that does
 * not accept stays text, such as `0755`, `yes` or `hello world`.
 */

/** `text` as `ast.literal_eval` reads it (tuples and sets become arrays), else the text itself. */
export function pythonValue(text: string): unknown {
  const reader = createReader(text);
  try {
    return reader.readAll();
  } catch (error) {
    if (error instanceof NotALiteral) return text;
    throw error;
  }
}

class NotALiteral extends Error {}

const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?)/y;
const STRING_START = /(?<prefix>[rRbBuU]?)(?<quote>'''|"""|'|")/y;
const WORD = /[A-Za-z_]\w*/y;
const MAX_DEPTH = 50;

function createReader(text: string): { readonly readAll: () => unknown } {
  let at = 0;
  let depth = 0;

  const skipSpace = (): void => {
    // Within brackets Python also skips line ends; a value is one line.
    while (/[ \t\f]/.test(text.charAt(at))) at++;
    if (text.charAt(at) === '#') at = text.length;
  };
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) at += found[0].length;
    return found;
  };
  const take = (symbol: string): boolean => {
    skipSpace();
    if (!text.startsWith(symbol, at)) return false;
    at += symbol.length;
    return true;
  };
  const need = (symbol: string): void => {
    if (!take(symbol)) throw new NotALiteral();
  };
  const atEnd = (): boolean => {
    skipSpace();
    return at >= text.length;
  };

  const readAll = (): unknown => {
    const first = readValue();
    if (atEnd()) return first;
    const items = [first];
    while (take(',')) {
      if (atEnd()) return items;
      items.push(readValue());
    }
    if (!atEnd()) throw new NotALiteral();
    return items;
  };

  const readValue = (): unknown => {
    if (++depth > MAX_DEPTH) throw new NotALiteral();
    skipSpace();
    const value = readOne();
    depth--;
    return value;
  };

  const readOne = (): unknown => {
    if (take('[')) return readItems(']').items;
    if (take('(')) {
      const { items, commas } = readItems(')');
      return items.length === 1 && commas === 0 ? items[0] : items;
    }
    if (take('{')) return readBraces();
    const sign = take('-') ? -1 : take('+') ? 1 : undefined;
    skipSpace();
    if (/[\d.]/.test(text.charAt(at))) return (sign ?? 1) * readNumber();
    if (sign !== undefined) throw new NotALiteral();
    const strings = readStrings();
    return strings ?? readConstant();
  };

  const readItems = (close: string): { items: unknown[]; commas: number } => {
    const items: unknown[] = [];
    let commas = 0;
    while (!take(close)) {
      if (items.length > commas) throw new NotALiteral();
      items.push(readValue());
      if (take(',')) commas++;
    }
    return { items, commas };
  };

  const readBraces = (): unknown => {
    if (take('}')) return {};
    const keys: unknown[] = [];
    const values: unknown[] = [];
    let closed = false;
    while (!closed) {
      keys.push(readValue());
      if (take(':')) values.push(readValue());
      closed = !take(',');
      if (closed) need('}');
      else closed = take('}');
    }
    if (values.length === 0) return keys;
    if (values.length !== keys.length) throw new NotALiteral();
    return Object.fromEntries(keys.map((key, index) => [String(key), values[index]]));
  };

  const readNumber = (): number => {
    const source = match(NUMBER)?.[0].replaceAll('_', '');
    if (source === undefined || source === '.') throw new NotALiteral();
    // Python 3 knows no octal by a leading zero, and `1j` is a complex number.
    if (/^0+[1-9]\d*$/.test(source) || /[\w.]/.test(text.charAt(at))) throw new NotALiteral();
    const value = Number(source);
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^\d+$/.test(source)) {
      throw new NotALiteral();
    }
    return value;
  };

  const readStrings = (): string | undefined => {
    let whole: string | undefined;
    for (;;) {
      skipSpace();
      const start = match(STRING_START);
      if (start?.groups === undefined) return whole;
      const quote = start.groups['quote'] ?? '';
      const raw = /[rR]/.test(start.groups['prefix'] ?? '');
      whole = (whole ?? '') + readString(quote, raw);
    }
  };

  const readString = (quote: string, raw: boolean): string => {
    let value = '';
    while (!text.startsWith(quote, at)) {
      if (at >= text.length) throw new NotALiteral();
      if (text.charAt(at) !== '\\') value += text.charAt(at++);
      else if (raw) value += text.slice(at, (at += 2));
      else value += readEscape();
    }
    at += quote.length;
    return value;
  };

  const readEscape = (): string => {
    const code = match(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/y);
    if (code !== undefined) {
      const hex = code[1] ?? code[2] ?? code[3];
      const point =
        hex === undefined ? Number.parseInt(code[4] ?? '0', 8) : Number.parseInt(hex, 16);
      if (point > 0x10ffff) throw new NotALiteral();
      return String.fromCodePoint(point);
    }
    const letter = text.charAt(at + 1);
    if (letter === '' || /[xuUN]/.test(letter)) throw new NotALiteral();
    at += 2;
    return ESCAPES[letter] ?? `\\${letter}`;
  };

  const readConstant = (): unknown => {
    const word = match(WORD)?.[0];
    if (word === 'True') return true;
    if (word === 'False') return false;
    if (word === 'None') return null;
    throw new NotALiteral();
  };

  return { readAll };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
