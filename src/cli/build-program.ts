import { Command } from 'commander';
import type { CommandEntry } from './command-entry.ts';
import { groups } from './commands.ts';
import type { CliContext } from './context.ts';
import type { CommandHost } from './define-command.ts';
import { errorLabel, safeText } from './output/output.ts';
import { programVersion } from './program-version.ts';

/** Options of every command. Each takes a value. */
const globalOptions = [
  ['--state <dir>', 'Folder with the state of the pipeline on this machine. Default: .rearview'],
  ['--rules <dir>', 'Folder with YARA rules. Default: rules'],
  ['--tests <dir>', 'Folder with the tests of the rules. Default: rule-tests'],
  [
    '--target <target>',
    'Where the pipeline runs: local (this machine) or aws. Default: aws with --stack-outputs, otherwise local',
  ],
  [
    '--stack-outputs <file>',
    'File with the output of "pulumi stack output --json", for --target aws, which it implies. Default: environment variables, REARVIEW_...',
  ],
] as const;

/**
 * The program with these commands.
 * @param fill completes each command, which has its name and summary
 */
function createProgram(
  context: CliContext,
  commands: readonly CommandEntry[],
  fill: (command: Command, entry: CommandEntry) => void,
): Command {
  const program = new Command('rearview').description(
    'Rules-as-code malware detection with YARA: every file scanned as it arrives, every merged rule scanned over every file that ever arrived.',
  );
  for (const [flags, description] of globalOptions) program.option(flags, description);
  program
    .helpCommand('help [command]', 'Show the help of a command.')
    .helpOption('-h, --help', 'Show this help.')
    .version(programVersion(), '-V, --version', 'Print the version.')
    .configureHelp({ showGlobalOptions: true, helpWidth: 100, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(safeUsage(text)),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(--help lists the commands and options)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nIn a checkout: npm run rearview -- <command> [options]\n\nExit codes: 0 fine, 1 a problem was found (a failing test, a gate, a lint error) or the result is incomplete, 2 wrong usage or configuration, 70 a bug in rearview, 75 try again later (an outage, a held lock, a full disk), 130 ended by Ctrl-C.',
    );
  const wanted = new Set(commands);
  for (const { noun, commands: all } of groups) {
    const some = all.filter((entry) => wanted.has(entry));
    if (some.length === 0) continue;
    const parent = noun === null ? program : program.command(noun.name).description(noun.description);
    for (const entry of some) fill(parent.command(entry.name).summary(entry.summary), entry);
  }
  return program;
}

/**
 * The command whose words a command line begins with, after global options. Null for all other
 * command lines, such as requests for help.
 */
export function namedCommand(argv: readonly string[]): CommandEntry | null {
  const [first, second] = afterGlobalOptions(argv);
  for (const { noun, commands } of groups) {
    if (noun !== null && noun.name !== first) continue;
    const name = noun === null ? first : second;
    const found = commands.find((entry) => entry.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

function afterGlobalOptions(argv: readonly string[]): readonly string[] {
  const names = globalOptions.map(([flags]) => flags.slice(0, flags.indexOf(' ')));
  let at = 0;
  for (;;) {
    const word = argv[at] ?? '';
    if (names.some((name) => word === name)) at += 2;
    else if (names.some((name) => word.startsWith(`${name}=`))) at += 1;
    else return argv.slice(at);
  }
}

/**
 * The command that a command line names. Loads no command.
 * @throws CommanderError for a request for help and for wrong usage; the text is printed
 */
export async function chosenCommand(argv: readonly string[], context: CliContext): Promise<CommandEntry | null> {
  let chosen: CommandEntry | null = null;
  const program = createProgram(context, allCommands, (command, entry) => {
    // Options, arguments and help are read once the command is loaded.
    command.helpOption(false).allowUnknownOption().argument('[words...]');
    command.action(() => {
      chosen = entry;
    });
  });
  await program.parseAsync(argv, { from: 'user' });
  return chosen;
}

/** The program with these commands, which it can run. */
export async function buildProgram(host: CommandHost, usable: readonly CommandEntry[]): Promise<Command> {
  const registers = new Map(await Promise.all(usable.map(async (entry) => [entry, await entry.load()] as const)));
  return createProgram(host.context, usable, (command, entry) => registers.get(entry)?.(command, host));
}

/** Every command of the program. */
export const allCommands: readonly CommandEntry[] = groups.flatMap(({ commands }) => commands);

/**
 * Commander's message on a wrong command line, which it quotes unescaped. Its suggestion is on its
 * own line.
 */
function safeUsage(text: string): string {
  const [, problem = '', suggestion] = /^([\s\S]*?)(?:\n(\(Did you mean [^\n]*\?\)))?\n?$/.exec(text) ?? [];
  const report = problem.replace(/^error:/, errorLabel('ERR_USAGE'));
  return [report, ...(suggestion === undefined ? [] : [suggestion])].map((line) => `${safeText(line)}\n`).join('');
}
