import test from 'ava';
import fc from 'fast-check';
import { nastyTexts } from '../../testing/github/arbitrary-section.ts';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import { clip } from '../clip.ts';
import { list, paragraph, renderBlocks, table } from './blocks.ts';
import { code, html, link, pre, words } from './html.ts';
import { visible, visibleLines } from './visible.ts';

const text = fc.oneof(fc.constantFrom(...nastyTexts), fc.string({ unit: 'binary', maxLength: 60 }));

test('<code> contains the visible form of the text, and nothing else', (t) => {
  fc.assert(
    fc.property(text, (hostile) => {
      const read = readMarkdown(renderBlocks([paragraph(code(hostile))]));
      t.deepEqual(
        [[...read.elements], read.quoted, read.text.trim()],
        [['p', 'code'], [clip(visible(hostile), 300)], ''],
      );
    }),
    { numRuns: 500 },
  );
});

test('<pre> contains the text with its lines, and nothing else', (t) => {
  fc.assert(
    fc.property(text, (hostile) => {
      const read = readMarkdown(renderBlocks([html`<p>text</p>${pre(hostile)}`]));
      t.deepEqual([[...read.elements], read.quoted], [['p', 'pre'], [visibleLines(hostile)]]);
    }),
    { numRuns: 500 },
  );
});

test('<code> makes no Markdown in the middle of Markdown either', (t) => {
  fc.assert(
    fc.property(text, (hostile) => {
      const read = readMarkdown(`- see ${code(hostile).markup} there`);
      t.deepEqual([[...read.elements], read.quoted], [['ul', 'li', 'code'], [clip(visible(hostile), 300)]]);
    }),
    { numRuns: 500 },
  );
});

test('the visible form has no invisible characters', (t) => {
  fc.assert(
    fc.property(text, (hostile) => {
      t.notRegex(visible(hostile), /[\p{C}\p{Zl}\p{Zp}]/u);
      t.notRegex(visibleLines(hostile).replace(/[\n\t]/g, ''), /[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
  t.is(visible('a\nb\u202e\u{e0041}\u0000'), 'a\\nb\\u202e\\u{e0041}\\x00');
});

test('long text is clipped before it is escaped, so that no reference is cut', (t) => {
  t.is(code('<'.repeat(10), 3).markup, '<code>&#60;&#60;&#8230;</code>');
});

test('text that is not ours, and an address of another kind, cannot pass for ours', (t) => {
  for (const each of ['<b>', '@octocat', '#1', 'a`b', 'https://x', 'a|b', '*', 'a_b', 'www.x', '&amp', '[x]']) {
    t.throws(() => words(each), { instanceOf: RangeError }, each);
  }
  t.throws(() => link('javascript:alert(1)', words('x')), { instanceOf: RangeError });
  t.is(link('https://x.test/?a="><b>', words('run')).markup.match(/["<>]/g)?.join(''), '<"">' + '<>');
});

test('blocks are complete HTML, and anything else is a bug', (t) => {
  const rendered = renderBlocks([list([code('\n\n# a')]), table([words('a')], [[code('|')]])]);
  t.deepEqual([...readMarkdown(rendered).blocks], ['html', 'space']);
  t.throws(() => renderBlocks([code('alone')]), { instanceOf: RangeError });
});
