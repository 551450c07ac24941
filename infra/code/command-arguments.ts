import { parseArgs } from 'node:util';

/**
 * Parses the arguments of a command with up to `most` positional arguments and no options. `--help`
 * prints the usage and ends the process with 0; any other unexpected argument ends it with 2.
 */
export function commandArguments(usage: string, most: 0 | 1): readonly string[] {
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: most > 0 });
    if (values.help === true) {
      process.stdout.write(`Usage: ${usage}\n`);
      process.exit(0);
    }
    if (positionals.length <= most) return positionals;
    throw new Error(`Too many arguments: ${positionals.join(' ')}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nUsage: ${usage}\n`);
    process.exit(2);
  }
}
