import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { allCommands, buildProgram } from '../../src/cli/build-program.ts';
import type { CliContext } from '../../src/cli/context.ts';

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
const context: CliContext = {
  stdout: nowhere(),
  stderr: nowhere(),
  cwd: '/',
  env: {},
  isTerminal: { stdout: false, stderr: false },
  signal: new AbortController().signal,
};
const program = await buildProgram({ context, settle: () => undefined }, allCommands);

/** The program with all its commands, for reading only. */
export function cliProgram(): Command {
  return program;
}

/** A command with the words that run it: `rules check`. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** Every command that does something, in the order of the help. */
export function leafCommands(parent: Command, prefix: readonly string[] = []): readonly NamedCommand[] {
  return parent.commands.flatMap((command): readonly NamedCommand[] => {
    const words = [...prefix, command.name()];
    return command.commands.length === 0 ? [{ name: words.join(' '), command }] : leafCommands(command, words);
  });
}
