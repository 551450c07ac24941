import { formatCount } from '../../domain/text/amounts.ts';
import { clip } from '../clip.ts';
import { visible, visibleLines } from './visible.ts';

/*
 * What we show on GitHub is HTML within Markdown: whole blocks of it, in which GitHub's Markdown (https://github.github.com/gfm/#html-blocks) looks for
 * nothing until a blank line, and they have none. All text from outside goes through `code` or `pre`: in those GitHub makes no link of a mention, an
 * issue's number, a commit or an address, and every character that means anything in HTML or Markdown is a numeric reference besides.
 */

/** Markup that is safe to show; only the functions here make it. */
export interface Html {
  readonly markup: string;
}

/** Makes markup of a literal of ours and parts that are safe; a number is shown as `12,345`. Text has to go through one of the functions below. */
export function html(literal: TemplateStringsArray, ...parts: readonly (Html | number | readonly Html[])[]): Html {
  const between = parts.map((part) => {
    if (typeof part === 'number') return formatCount(part);
    return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
  });
  return { markup: literal.map((text, at) => `${text}${between[at] ?? ''}`).join('') };
}

export const nothing: Html = { markup: '' };

/** All but letters, digits, and signs between two of them; nor may an address begin, which has no need of a scheme after `www.`. */
const meaningful = /[^A-Za-z0-9 _./-]|(?<![A-Za-z0-9])[ _./-]|[ _./-](?![A-Za-z0-9])|(?<=[wW]{3})\./gu;

/** A reference to a character never begins Markdown, nor ends HTML. */
function encode(text: string): string {
  return text.replace(meaningful, (character) => `&#${character.codePointAt(0)};`);
}

/**
 * Text from outside, in `<code>`: what cannot be seen is written as an escape.
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
 * Words of our own: amounts, units, sentences that no text from outside is part of.
 * @throws RangeError on a character that could mean anything, which is a bug
 */
export function words(text: string): Html {
  if (!/^[\p{L}\p{N} ,.;:()'’%$+/…–-]*$/u.test(text) || /www\.|:\/\//.test(text)) {
    throw new RangeError(`These are no words of ours: ${text}`);
  }
  return { markup: text };
}

/** Puts a separator between. */
export function join(parts: readonly Html[], separator = ', '): Html {
  return { markup: parts.map(({ markup }) => markup).join(words(separator).markup) };
}

/** A link. The address is one that GitHub gave us, never one from a section. */
export function link(url: string, text: Html): Html {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new RangeError(`This is no address of a page: ${url}`);
  return html`<a href="${{ markup: href.replace(/[&"'<>\s]/g, (sign) => `&#${sign.charCodeAt(0)};`) }}">${text}</a>`;
}
