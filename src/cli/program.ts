import { Command, CommanderError } from 'commander';
import { messageOf, RearviewError } from '../domain/errors.ts';
import { groups } from './commands.ts';
import type { CliContext } from './context.ts';
import type { CommandHost } from './define-command.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { guardOutput } from './output/guarded-output.ts';
import { errorLabel, errorReport, painter, safeText } from './output/output.ts';
import { bugsUrl } from './program-version.ts';

/**
 * Runs one command.
 * @param argv what follows the name of the program
 * @returns its exit code; whatever went wrong has been said on stderr
 */
export async function runCli(argv: readonly string[], given: CliContext): Promise<number> {
  const context = { ...given, stdout: guardOutput(given.stdout), stderr: guardOutput(given.stderr) };
  let settled: Parameters<CommandHost['settle']>[0] | undefined;
  const program = buildProgram({
    context,
    settle: (outcome) => {
      settled = outcome;
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    if (settled === undefined) return exitCodes.ok;
    const { running, handlesInterrupt } = settled;
    return await (handlesInterrupt ? running : Promise.race([running, interruption(context.signal)]));
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    reportError(error, context);
    return exitCodeOf(error);
  }
}

/** The program with all its commands; `host` receives the one that runs. */
export function buildProgram(host: CommandHost): Command {
  const { context } = host;
  const program = new Command('rearview')
    .description(
      'Rules-as-code malware detection with YARA: every file scanned as it arrives, every merged rule scanned over every file that ever arrived.',
    )
    .option('--state <dir>', 'Folder with the state of the pipeline on this machine. Default: .rearview')
    .option('--rules <dir>', 'Folder with YARA rules. Default: rules')
    .option('--tests <dir>', 'Folder with the tests of the rules. Default: rule-tests')
    .option('--target <target>', 'Where the pipeline runs: local (this machine) or aws. Default: local')
    .option(
      '--stack-outputs <file>',
      'For --target aws: what "pulumi stack output --json" printed. Default: environment variables, REARVIEW_...',
    )
    .helpCommand('help [command]', 'Show the help of a command.')
    .helpOption('-h, --help', 'Show this help.')
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(safeUsage(text)),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nIn a checkout: npm run rearview -- <command> [options]\n\nExit codes: 0 fine, 1 findings (a failing test, a match gate, a lint error), 2 wrong usage or configuration, 70 a bug of ours, 75 try again later (an outage, a held lock, a full disk), 130 ended by Ctrl-C.',
    );
  for (const { noun, commands } of groups) {
    const parent = noun === null ? program : program.command(noun.name).description(noun.description);
    for (const register of commands) register(parent, host);
  }
  return program;
}

/** Resolves with the exit code when Ctrl-C comes, else never. */
function interruption(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const end = () => resolve(exitCodes.interrupted);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function reportError(error: unknown, context: CliContext): void {
  const paint = painter(context, 'stderr');
  const { stderr } = context;
  if (error instanceof RearviewError) {
    stderr.write(`${errorReport(error, paint)}\n`);
    return;
  }
  stderr.write(`${paint('red', 'This is a bug in rearview.')}${reportAt()}\n\n${stackText(error)}\n`);
}

/** Where to report a bug: `bugs` of package.json. Nothing where there is none. */
function reportAt(): string {
  const url = bugsUrl();
  return url === null ? '' : ` Report it at ${url}, with the lines below and what you ran.`;
}

/** What Commander says of a wrong command line, which it quotes as it is. Its suggestion is on a line of its own. */
function safeUsage(text: string): string {
  const [, problem = '', suggestion] = /^([\s\S]*?)(?:\n(\(Did you mean [^\n]*\?\)))?\n?$/.exec(text) ?? [];
  const report = problem.replace(/^error:/, errorLabel('ERR_USAGE'));
  return [report, ...(suggestion === undefined ? [] : [suggestion])].map((line) => `${safeText(line)}\n`).join('');
}

/** The message of an error on one line, and the calls that led to it. */
function stackText(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof Error)) return safeText(message);
  const stack = error.stack ?? '';
  const calls = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  const lines = calls.split('\n').filter((line) => /^ +at /.test(line));
  return [`${error.name}: ${message}`, ...lines].map(safeText).join('\n');
}
