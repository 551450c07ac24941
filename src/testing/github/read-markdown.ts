import { marked } from 'marked';
import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];

/** Markdown as a browser would show it, before GitHub has sanitized it. */
export interface ReadMarkdown {
  /** The types of its blocks, according to the Markdown parser. */
  readonly blocks: ReadonlySet<string>;
  /** `name` or `name[attribute=value]` of each element. */
  readonly elements: ReadonlySet<string>;
  readonly comments: readonly string[];
  /** Texts of `<code>` and `<pre>`. */
  readonly quoted: readonly string[];
  /** All other text. */
  readonly text: string;
}

/** Reads Markdown as GitHub would, but with `marked` and `parse5`. */
export function readMarkdown(markdown: string): ReadMarkdown {
  const blocks = new Set(marked.lexer(markdown, { gfm: true }).map(({ type }) => type));
  const elements = new Set<string>();
  const comments: string[] = [];
  const quoted: string[] = [];
  let text = '';
  const visit = (node: Node): void => {
    if ('data' in node) comments.push(node.data);
    if (node.nodeName === '#text' && 'value' in node) text += node.value;
    if ('tagName' in node) {
      elements.add(`${node.tagName}${node.attrs.map(({ name, value }) => `[${name}=${value}]`).join('')}`);
      if (node.tagName === 'code' || node.tagName === 'pre') {
        quoted.push(textOf(node));
        for (const child of node.childNodes) if (child.nodeName !== '#text') visit(child);
        return;
      }
    }
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  visit(parseFragment(marked.parse(markdown, { gfm: true, async: false })));
  return { blocks, elements, comments, quoted, text };
}

function textOf(node: Node): string {
  if (node.nodeName === '#text' && 'value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
