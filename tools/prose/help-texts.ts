import type { Command } from 'commander';
import { cliProgram, leafCommands } from '../docs/cli-program.ts';
import type { PlacedText } from './lint-texts.ts';

/** Every text that `--help` prints: of the program, of nouns, and of commands. Examples are not prose. */
export function helpTexts(): readonly PlacedText[] {
  const program = cliProgram();
  const nouns = program.commands.filter(({ commands }) => commands.length > 0);
  return [
    ...textsOf('', program),
    ...nouns.flatMap((noun) => textsOf(noun.name(), noun)),
    ...leafCommands(program).flatMap(({ name, command }) => textsOf(name, command)),
  ];
}

function textsOf(name: string, command: Command): readonly PlacedText[] {
  const at = (part: string) => [name, part].filter((each) => each !== '').join(' ');
  const texts = [
    { place: at('summary'), text: command.summary() },
    { place: at('description'), text: command.description() },
    ...command.registeredArguments.map((each) => ({ place: at(`<${each.name()}>`), text: each.description })),
    ...command.options.map((each) => ({ place: at(each.long ?? each.flags), text: each.description })),
  ];
  return texts.filter(({ text }) => text !== '');
}
