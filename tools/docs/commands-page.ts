import type { Command } from 'commander';
import type { GeneratedPage } from '../../src/testing/generated-section.ts';
import { cliProgram, leafCommands } from './cli-program.ts';

/**
 * The reference of commands: the help of the program, and that of each command without the global
 * options, which stand once.
 */
export function commandsPage(): GeneratedPage {
  const program = cliProgram();
  const commands = leafCommands(program);
  const sections = commands.map(({ name, command }) => `## ${name}\n\n${block(withoutGlobals(helpOf(command)))}`);
  return {
    page: new URL('../../docs/reference/commands.md', import.meta.url),
    sections: {
      program: block(helpOf(program)),
      commands: [commands.map(listed).join('\n'), ...sections].join('\n\n'),
    },
  };
}

/** The output of `--help`, with the texts that follow the flags. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ ...command.configureOutput(), writeOut: (text) => (help += text) });
  command.outputHelp();
  return help.trim().replaceAll(/\n{3,}/g, '\n\n');
}

function withoutGlobals(help: string): string {
  return help.replace(/^Global Options:\n(?: .*\n)+\n/m, '');
}

function listed({ name, command }: { readonly name: string; readonly command: Command }): string {
  return `- [\`${name}\`](#${name.replaceAll(' ', '-')}): ${command.summary()}`;
}

function block(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
