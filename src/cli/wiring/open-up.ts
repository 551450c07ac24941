import { createTerminalAlertSink } from '../../adapters/local/alerts/alerts-terminal.ts';
import { createSqliteUploadJournal } from '../../adapters/local/database/upload-journal.ts';
import type { UploadJournal } from '../../ports/upload-journal.ts';
import { type LocalTarget, type LocalTargetOptions, openLocalTarget } from '../../targets/local/local-target.ts';
import { localPreviewLimits } from '../../targets/preview-limits.ts';
import type { CliContext } from '../context.ts';
import { localTargetId } from './upload-destination.ts';

/** Opens the state folder for `rearview up`: alerts are also printed by `print`. */
export function openUpTarget(
  { env }: Pick<CliContext, 'env'>,
  options: Omit<LocalTargetOptions, 'previews' | 'sinks'>,
  print: (text: string) => void,
): Promise<LocalTarget> {
  const sinks = [createTerminalAlertSink({ write: print })];
  return openLocalTarget({ ...options, previews: localPreviewLimits(env), sinks });
}

/** The journal of uploads to the corpus of this target, in its database. */
export function journalOf({ state }: LocalTarget): UploadJournal {
  return createSqliteUploadJournal({ db: state.db, target: localTargetId(state.stores.corpus) });
}
