import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { PlacedText } from './lint-texts.ts';

const sql = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|WITH|PRAGMA)\b/;

/** Every text of several words in a source file: errors, progress, descriptions of settings. SQL is not prose. */
export function messageTexts(file: string): readonly PlacedText[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: PlacedText[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== null && / \w+ /.test(text) && !sql.test(text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${file}:${line + 1}`, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What a literal says, a name in quotes for each value that is put into it; null for other nodes. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => `"…"${literal.text}`).join('');
}
