import { testedRule } from '../cli/run-cli.ts';

/** Like `testedRule`, but staged. */
export function stagedRule(name: string, text: string): Readonly<Record<string, string>> {
  const staged = (content: string) => content.replace('    date =', '    status = "staged"\n    date =');
  const files = Object.entries(testedRule(name, text));
  return Object.fromEntries(files.map(([path, content]) => [path, path.endsWith('.yar') ? staged(content) : content]));
}
