import { readFileSync } from 'node:fs';

/**
 * The values that a step wrote to `GITHUB_OUTPUT` or `GITHUB_ENV`: `name=value`, or `name<<END`,
 * lines and `END`.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @throws Error if a line is neither
 */
export function readVariables(file: string): Readonly<Record<string, string>> {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found: Record<string, string> = {};
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const block = /^([^=]+?)<<(.+)$/.exec(line);
    if (block?.[1] !== undefined && block[2] !== undefined) {
      const end = lines.indexOf(block[2], index + 1);
      if (end < 0) throw new Error(`No line ${block[2]} ends ${block[1]}`);
      found[block[1]] = lines.slice(index + 1, end).join('\n');
      index = end;
      continue;
    }
    const equals = line.indexOf('=');
    if (equals <= 0) throw new Error(`Invalid format '${line}'`);
    found[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return found;
}
