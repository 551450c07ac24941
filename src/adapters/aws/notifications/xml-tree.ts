/** An element of an S3 document, without its attributes. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Content as written, not decoded; includes space between the elements inside. */
  readonly text: string;
}

/*
 * The tokens: the start of a tag, its attributes one by one, its end; or text. Constructs that S3
 * does not write (comments, CDATA, a DOCTYPE) match none. A single expression for a whole tag would
 * exhaust the stack on very many attributes.
 */
const tagStart = /<(\/?)([A-Za-z_][\w.:-]*)/y;
const attribute = /\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')/y;
const tagEnd = /\s*(\/?)>/y;
const plainText = /[^<]+/y;
const declaration = /^\ufeff?\s*(?:<\?xml[^<>]*\?>)?\s*/;
/** Maximum nesting of elements; S3 uses five levels. */
const maxDepth = 100;

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** Parses a document as S3 writes it. Null if it has another form. */
export function parseXml(document: string): XmlElement | null {
  const root: OpenElement = { name: '', children: [], text: '' };
  const path: OpenElement[] = [root];
  let at = declaration.exec(document)?.[0].length ?? 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const found = expression.exec(document);
    if (found !== null) at = expression.lastIndex;
    return found;
  };
  while (at < document.length) {
    const last = path.at(-1);
    if (last === undefined || path.length > maxDepth) return null;
    const text = take(plainText);
    if (text !== null) {
      last.text += text[0];
      continue;
    }
    const [start, closes, name = ''] = take(tagStart) ?? [];
    while (start !== undefined && take(attribute) !== null);
    const end = take(tagEnd);
    if (start === undefined || end === null) return null;
    if (closes === '/') {
      if (path.length < 2 || last.name !== name) return null;
      path.pop();
    } else {
      const element: OpenElement = { name, children: [], text: '' };
      last.children.push(element);
      if (end[1] !== '/') path.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (path.length !== 1 || only === undefined || others.length > 0 || root.text.trim() !== '') return null;
  return only;
}

/**
 * Returns the canonical text of an element: the order of the elements inside, and space between
 * them, do not matter.
 */
export function canonicalXml({ name, children, text }: XmlElement): string {
  const own = children.length === 0 ? text : text.trim();
  return `<${name}>${own}${children.map(canonicalXml).toSorted().join('')}</${name}>`;
}

/** Texts of the inner elements with that name, decoded. */
export function textsOf({ children }: XmlElement, name: string): readonly string[] {
  return children.filter((each) => each.name === name).map(({ text }) => decodeText(text));
}

const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }),
);

function decodeText(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (name !== '') return entities.get(name) ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
