import { noteStagedRules } from '../app/staged-rules.ts';
import { messageOf, RearviewError } from '../domain/errors.ts';
import type { Home } from '../homes/home.ts';
import type { CliContext } from './context.ts';
import { printLine, safeText } from './output.ts';

/**
 * Notes down since when staged rules are in force, once something was put in force. Where that fails it is said, and is no error: the next publish or promotion does
 * it, and they soak from then on.
 */
export async function noteStaged({ stderr }: Pick<CliContext, 'stderr'>, { state, library }: Home): Promise<void> {
  try {
    await noteStagedRules({ pointers: state.pointers, library, now: Date.now });
  } catch (error) {
    if (!(error instanceof RearviewError)) throw error;
    const why = messageOf(error);
    await printLine(
      stderr,
      safeText(`Since when rules are staged was not noted down, the next publish does it: ${why}`),
    );
  }
}
