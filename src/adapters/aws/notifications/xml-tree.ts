/** An element of a document of S3, without its attributes. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** As it is written, not decoded; space between the elements inside is part of it. */
  readonly text: string;
}

/** A tag that opens, closes or does both, or what stands between two. What S3 does not write (comments, CDATA, a DOCTYPE) fits none. */
const piece = /<(\/?)([A-Za-z_][\w.:-]*)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>|([^<]+)/y;
const declaration = /^\ufeff?\s*(?:<\?xml[^<>]*\?>)?\s*/;

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** Reads a document as S3 writes it. Null where it is no such document. */
export function parseXml(document: string): XmlElement | null {
  const root: OpenElement = { name: '', children: [], text: '' };
  const path: OpenElement[] = [root];
  piece.lastIndex = declaration.exec(document)?.[0].length ?? 0;
  while (piece.lastIndex < document.length) {
    const found = piece.exec(document);
    const last = path.at(-1);
    if (found === null || last === undefined) return null;
    const [, closes, name, closesItself, text] = found;
    if (name === undefined) last.text += text ?? '';
    else if (closes === '/') {
      if (path.length < 2 || last.name !== name) return null;
      path.pop();
    } else {
      const element: OpenElement = { name, children: [], text: '' };
      last.children.push(element);
      if (closesItself !== '/') path.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (path.length !== 1 || only === undefined || others.length > 0 || root.text.trim() !== '') return null;
  return only;
}

/** The text of an element that is written the same whenever it says the same: the order of the elements inside, and space between them, say nothing. */
export function canonicalXml({ name, children, text }: XmlElement): string {
  const own = children.length === 0 ? text : text.trim();
  return `<${name}>${own}${children.map(canonicalXml).toSorted().join('')}</${name}>`;
}

/** Texts of the elements of that name inside, decoded. */
export function textsOf({ children }: XmlElement, name: string): readonly string[] {
  return children.filter((each) => each.name === name).map(({ text }) => decodeText(text));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decodeText(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (name !== '') return entities[name] ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
