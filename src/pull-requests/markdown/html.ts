import { formatCount } from '../../domain/text/amounts.ts';
import { clip } from '../clip.ts';
import { visible, visibleLines } from './visible.ts';

/*
 * Output on GitHub is HTML within Markdown: whole blocks without blank lines, which GitHub does not
 * parse as Markdown (https://github.github.com/gfm/#html-blocks). All text from outside goes
 * through `code` or `pre`. There, GitHub links no mention, issue number, commit or address. Every
 * character with a meaning in HTML or Markdown is a numeric reference.
 */

/** Markup that is safe to show; only the functions here make it. */
export interface Html {
  readonly markup: string;
}

/**
 * Makes markup from a literal in the source and safe parts; a number is shown as `12,345`. Other
 * text must go through one of the functions below.
 */
export function html(literal: TemplateStringsArray, ...parts: readonly (Html | number | readonly Html[])[]): Html {
  const between = parts.map((part) => {
    if (typeof part === 'number') return formatCount(part);
    return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
  });
  return { markup: literal.map((text, at) => `${text}${between[at] ?? ''}`).join('') };
}

export const nothing: Html = { markup: '' };

/**
 * All characters but letters, digits, and signs between two of them. The dot after `www` is
 * included, because it begins an address.
 */
const meaningful = /[^A-Za-z0-9 _./-]|(?<![A-Za-z0-9])[ _./-]|[ _./-](?![A-Za-z0-9])|(?<=[wW]{3})\./gu;

/** A reference to a character never begins Markdown, nor ends HTML. */
function encode(text: string): string {
  return text.replace(meaningful, (character) => `&#${character.codePointAt(0)};`);
}

/**
 * Text from outside in `<code>`; invisible characters are written as escapes.
 * @param maxLength characters; longer text ends in `…`. Default: 300
 */
export function code(text: string, maxLength = 300): Html {
  return { markup: `<code>${encode(clip(visible(text), maxLength))}</code>` };
}

/**
 * Text of several lines from outside, in `<pre>`.
 * @param maxLength characters; longer text ends in `…`. Default: 4000
 */
export function pre(text: string, maxLength = 4000): Html {
  // Readers of HTML drop a line end after the tag: this one, and not one of the text.
  return { markup: `<pre>\n${encode(clip(visibleLines(text), maxLength))}</pre>` };
}

/**
 * Text without any part from outside: amounts, units, sentences.
 * @throws RangeError on a character that could mean anything, which is a bug
 */
export function words(text: string): Html {
  if (!/^[\p{L}\p{N} ,.;:()'’%$+/…→–-]*$/u.test(text) || /www\.|:\/\//.test(text)) {
    throw new RangeError(`Unsafe text from outside: ${text}`);
  }
  return { markup: text };
}

/** Puts a separator between. */
export function join(parts: readonly Html[], separator = ', '): Html {
  return { markup: parts.map(({ markup }) => markup).join(words(separator).markup) };
}

/** A link. The address comes from GitHub; of a section it has at most the path of a file (`linkToPlace`). */
export function link(url: string, text: Html): Html {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new RangeError(`Not the address of a page: ${url}`);
  return html`<a href="${{ markup: href.replace(/[&"'<>\s]/g, (sign) => `&#${sign.charCodeAt(0)};`) }}">${text}</a>`;
}
