import { CommanderError } from 'commander';
import { messageOf, RearviewError } from '../domain/errors.ts';
import { buildProgram, chosenCommand, namedCommand } from './build-program.ts';
import type { CliContext } from './context.ts';
import type { CommandHost } from './define-command.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { interruption } from './interruption.ts';
import { guardOutput } from './output/guarded-output.ts';
import { errorReport, painter, safeText } from './output/output.ts';
import { bugsUrl } from './program-version.ts';

/**
 * Runs one command.
 * @param argv what follows the name of the program
 * @returns its exit code; errors are printed on stderr
 */
export async function runCli(argv: readonly string[], given: CliContext): Promise<number> {
  const context = { ...given, stdout: guardOutput(given.stdout), stderr: guardOutput(given.stderr) };
  let settled: Parameters<CommandHost['settle']>[0] | undefined;
  const settle: CommandHost['settle'] = (outcome) => {
    settled = outcome;
  };
  try {
    // A program with all commands takes longer to make than a short command runs.
    const command = namedCommand(argv) ?? (await chosenCommand(argv, context));
    const program = await buildProgram({ context, settle }, command === null ? [] : [command]);
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

function reportError(error: unknown, context: CliContext): void {
  const paint = painter(context, 'stderr');
  const { stderr } = context;
  if (error instanceof RearviewError) {
    stderr.write(`${errorReport(error, paint)}\n`);
    return;
  }
  stderr.write(`${paint('red', 'This is a bug in rearview.')}${reportAt()}\n\n${stackText(error)}\n`);
}

/** Address for bug reports from `bugs` in package.json; empty if there is none. */
function reportAt(): string {
  const url = bugsUrl();
  return url === null ? '' : ` Report it at ${url}, with the lines below and what you ran.`;
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
