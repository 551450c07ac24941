import path from 'node:path';
import { type Command, Option } from 'commander';
import { RearviewError } from '../domain/errors.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { type FlagSet, type FlagShape, type FlagValues, flagSet, textFlag } from './flags/flag.ts';
import { choiceFlag } from './flags/flags.ts';

/** One command: its help, its flags and its action. */
export interface CommandSpec<Shape extends FlagShape> {
  /** One line that starts with a verb, then at most five short lines. */
  readonly description: string;
  /** `[name, description]`; the name as commander has it: `<path...>`, `[id]`. */
  readonly args?: readonly (readonly [string, string])[];
  /**
   * `[flags, description]`, units and default in the description. A value with `...` may be
   * repeated.
   */
  readonly flags?: readonly (readonly [string, string])[];
  /** Checks and converts the values of the flags, in camel case. */
  readonly options: FlagSet<Shape>;
  readonly examples: readonly string[];
  /**
   * True if `run` watches the signal and ends by itself. Other commands are abandoned on Ctrl-C.
   * Default: false.
   */
  readonly handlesInterrupt?: boolean;
  /** Returns the exit code. */
  run(context: CliContext, input: CommandInput<FlagValues<Shape>>): Promise<number>;
}

export interface CommandInput<Options> {
  readonly args: readonly string[];
  readonly options: Options;
  readonly globals: GlobalOptions;
}

/** Receives the running command, because commander has no place for it. */
export interface CommandHost {
  readonly context: CliContext;
  settle(outcome: { readonly running: Promise<number>; readonly handlesInterrupt: boolean }): void;
}

/** Completes a command that has its name and summary. */
export type Register = (command: Command, host: CommandHost) => void;

/** Makes a command of its description. */
export function defineCommand<Shape extends FlagShape>(spec: CommandSpec<Shape>): Register {
  return (command, host) => {
    command.description(spec.description);
    for (const [name, description] of spec.args ?? []) command.argument(name, description);
    for (const [flags, description] of spec.flags ?? []) command.addOption(newOption(flags, description));
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((each) => `  $ ${each}`).join('\n')}`);
    command.action(() => {
      const input = {
        args: command.args,
        options: spec.options.read(command.opts()),
        globals: globalOptions(command, host.context),
      };
      host.settle({ running: spec.run(host.context, input), handlesInterrupt: spec.handlesInterrupt ?? false });
    });
  };
}

function newOption(flags: string, description: string): Option {
  if (!flags.includes('...')) return new Option(flags, description);
  // Commander would take all words that follow for values, arguments of the command included.
  const option = new Option(flags.replace('...', ''), description);
  return option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

const globalFlags = flagSet({
  state: textFlag.default('.rearview'),
  rules: textFlag.optional(),
  tests: textFlag.default('rule-tests'),
  target: choiceFlag(['local', 'aws']).optional(),
  stackOutputs: textFlag.optional(),
});

function globalOptions(command: Command, { cwd, env }: CliContext): GlobalOptions {
  const { state, rules, tests, target, stackOutputs } = globalFlags.read(command.optsWithGlobals());
  if (target === 'local' && stackOutputs !== undefined) {
    const text = '--stack-outputs is for --target aws: omit one of --target local and --stack-outputs.';
    throw new RearviewError('ERR_USAGE', text);
  }
  return {
    target: target ?? (stackOutputs === undefined ? 'local' : 'aws'),
    stackOutputs: stackOutputs === undefined ? null : path.resolve(cwd, stackOutputs),
    env,
    stateDir: path.resolve(cwd, state),
    rulesDir: path.resolve(cwd, rules ?? 'rules'),
    isRulesDirGiven: rules !== undefined,
    testsDir: path.resolve(cwd, tests),
  };
}
