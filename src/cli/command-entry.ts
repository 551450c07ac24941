import type { Register } from './define-command.ts';

/** A command as the list of commands shows it. Its module is loaded when the command is used. */
export interface CommandEntry {
  /** The last word of the command. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Register>;
}

/** Commands with a noun in common; `noun` is null for those that are only a verb. */
export interface Group {
  readonly noun: { readonly name: string; readonly description: string } | null;
  readonly commands: readonly CommandEntry[];
}

export const command = (name: string, summary: string, load: CommandEntry['load']): CommandEntry => ({
  name,
  summary,
  load,
});
