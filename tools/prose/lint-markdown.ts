import { TextlintKernel, type TextlintMessage } from '@textlint/kernel';
import markdownPlugin from '@textlint/textlint-plugin-markdown';
import { textlintRules } from './textlint-rules.ts';

/** A problem of a page: `line` counts from 1. */
export interface ProseProblem {
  readonly line: number;
  readonly message: string;
}

const kernel = new TextlintKernel();

async function messagesOf(markdown: string): Promise<readonly TextlintMessage[]> {
  const { messages } = await kernel.lintText(markdown, {
    ext: '.md',
    plugins: [{ pluginId: 'markdown', plugin: markdownPlugin.default }],
    rules: [...textlintRules],
  });
  return messages.filter(({ range }) => !isGenerated(markdown, range[0]));
}

/** Whether a place is between `<!-- begin <name> -->` and `<!-- end <name> -->`. Its text belongs to the code that generates it. */
function isGenerated(markdown: string, offset: number): boolean {
  const before = markdown.slice(0, offset);
  return before.lastIndexOf('<!-- begin ') > before.lastIndexOf('<!-- end ');
}

/** The problems of a page, in the order of their lines. */
export async function lintMarkdown(markdown: string): Promise<readonly ProseProblem[]> {
  return (await messagesOf(markdown)).map(({ loc, message }) => ({ line: loc.start.line, message }));
}

/** The page with each sentence on a line of its own. */
export async function reflowMarkdown(markdown: string): Promise<string> {
  let text = markdown;
  for (const { fix } of (await messagesOf(markdown)).toReversed()) {
    if (fix !== undefined) text = text.slice(0, fix.range[0]) + fix.text + text.slice(fix.range[1]);
  }
  return text;
}
