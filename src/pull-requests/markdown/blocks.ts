import { type Html, html, nothing } from './html.ts';

/** A paragraph. */
export function paragraph(content: Html): Html {
  return html`<p>${content}</p>`;
}

/** A list; nothing where it is empty. */
export function list(items: readonly Html[]): Html {
  return items.length === 0 ? nothing : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A table; nothing where it has no rows. */
export function table(header: readonly Html[], rows: readonly (readonly Html[])[]): Html {
  if (rows.length === 0) return nothing;
  const head = html`<thead><tr>${header.map((cell) => html`<th>${cell}</th>`)}</tr></thead>`;
  const body = rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`);
  return html`<table>\n${head}\n<tbody>\n${body}</tbody>\n</table>`;
}

/** Something folded; the summary is seen. */
export function details(summary: Html, content: readonly Html[]): Html {
  return html`<details>\n<summary>${summary}</summary>\n${content.map((each) => html`${each}\n`)}</details>`;
}

/**
 * The Markdown of blocks. Each is HTML to its end.
 * @throws RangeError where a block would end early, by a blank line, or begin as something else,
 * which is a bug
 */
export function renderBlocks(blocks: readonly Html[]): string {
  const shown = blocks.map(({ markup }) => markup.replace(/\n+/g, '\n').trim()).filter((markup) => markup !== '');
  for (const markup of shown) {
    if (!/^<(?:p|ul|table|details|h[1-6]|blockquote)\b/.test(markup) || /\n\s*\n/.test(markup)) {
      throw new RangeError(`Not a block of HTML: ${markup.slice(0, 100)}`);
    }
  }
  return shown.map((markup) => `${markup}\n`).join('\n');
}
