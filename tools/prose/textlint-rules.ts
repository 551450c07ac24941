import type { TextlintKernelRule, TextlintRuleReporter } from '@textlint/kernel';
import { hide, hideQuotes, type Span } from './mask.ts';
import { countWords, maxWords, sentencesOf } from './sentences.ts';
import { wordsIn } from './words-in.ts';

/** The part of a node that these rules read. */
interface ProseNode {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly children?: readonly ProseNode[];
}

/** Kinds of nodes whose text is not prose. Emphasis marks the title of a test, or a state. */
const notProse = new Set(['Code', 'Emphasis', 'Html', 'Image']);

/** The source of a node with its code, link targets, emphasis and quotes hidden; with `whole`, each link as one word. */
function proseOf(source: string, node: ProseNode, links: 'text' | 'whole' = 'text'): string {
  const start = node.range[0];
  const spansOf = ({ type, range, children = [] }: ProseNode): readonly Span[] => {
    const to = range[1] - start;
    if (notProse.has(type) || (type === 'Link' && links === 'whole')) return [[range[0] - start, to]];
    const within = children.flatMap(spansOf);
    if (type !== 'Link') return within;
    return [...within, [(children.at(-1)?.range[1] ?? range[0]) - start, to]];
  };
  return hideQuotes(hide(source, spansOf(node)));
}

/** Reports words that the rules replace, in headings, paragraphs and table cells. */
const words: TextlintRuleReporter = (context) => {
  const check = (node: Parameters<typeof context.getSource>[0] & ProseNode) => {
    for (const { message, span } of wordsIn(proseOf(context.getSource(node), node))) {
      context.report(node, new context.RuleError(message, { padding: context.locator.range([...span]) }));
    }
  };
  const { Header, Paragraph, TableCell } = context.Syntax;
  return { [Header]: check, [Paragraph]: check, [TableCell]: check };
};

/** Reports sentences of paragraphs that are too long. Table cells may list as much as they need. */
const sentenceLength: TextlintRuleReporter = (context) => ({
  [context.Syntax.Paragraph](node) {
    const source = context.getSource(node);
    const prose = proseOf(source, node);
    for (const span of sentencesOf(proseOf(source, node, 'whole'))) {
      const count = countWords(prose.slice(...span));
      if (count <= maxWords) continue;
      const message = `A sentence of ${count} words: use ${maxWords} at most [sentence-length]`;
      context.report(node, new context.RuleError(message, { padding: context.locator.range([...span]) }));
    }
  },
});

/** Reports paragraphs that do not have one sentence a line, and can fix them. */
const sentencePerLine: TextlintRuleReporter = (context) => ({
  [context.Syntax.Paragraph](node) {
    const source = context.getSource(node);
    const indent = ' '.repeat(node.loc.start.column);
    const sentences = sentencesOf(proseOf(source, node, 'whole')).map((span) => source.slice(...span));
    const text = sentences.map((each) => each.replaceAll(/\s*\n\s*/g, ' ')).join(`\n${indent}`);
    if (text === source) return;
    const message = 'Write one sentence a line: npm run prose -- --fix [sentence-per-line]';
    context.report(node, new context.RuleError(message, { fix: context.fixer.replaceText(node, text) }));
  },
});

/** The rules for Markdown. */
export const textlintRules: readonly TextlintKernelRule[] = [
  { ruleId: 'words', rule: words },
  { ruleId: 'sentence-length', rule: sentenceLength },
  { ruleId: 'sentence-per-line', rule: { linter: sentencePerLine, fixer: sentencePerLine } },
];
