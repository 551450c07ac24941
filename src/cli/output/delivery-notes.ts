import type { PipelineEvent } from '../../app/pipeline/events.ts';
import type { Undelivered } from '../../ports/delivery-log.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatCount, plural } from './output.ts';

/**
 * Notes on sinks that do not take alerts: one when a sink begins to fail, one when it has all its
 * alerts. Each failed attempt would be a line otherwise.
 * @param note prints a text, which is not yet safe for a terminal
 */
export function createDeliveryNotes(note: (text: string) => void): (event: PipelineEvent) => void {
  /** Ids of the alerts that a sink did not take, by sink. */
  const failing = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  return (event) => {
    if (event.type === 'alert_delayed') {
      const { alert, sink, error } = event;
      const ids = failing.get(sink) ?? new Set();
      if (ids.size === 0) {
        counts.set(sink, 0);
        note(`${sink} does not take alerts. They are kept, and sent again: ${error}`);
      }
      failing.set(sink, ids.add(alert.id));
    } else if (event.type === 'alert_sent') {
      const { alert, sink } = event;
      const ids = failing.get(sink);
      if (ids === undefined || ids.size === 0) return;
      const sent = (counts.get(sink) ?? 0) + 1;
      counts.set(sink, sent);
      ids.delete(alert.id);
      if (ids.size === 0) note(`${sink} takes alerts again: ${formatCount(sent)} sent`);
    }
  };
}

/** `186 alerts undelivered to webhook; the next run sends them`. */
export function undeliveredLine({ sink, alerts }: Undelivered): string {
  return `${plural(alerts, 'alert')} undelivered to ${sink}; the next run sends ${alerts === 1 ? 'it' : 'them'}`;
}

/** The exit code of a command that ends with these alerts undelivered. */
export function undeliveredExit(undelivered: readonly Undelivered[]): number {
  if (undelivered.length === 0) return exitCodes.ok;
  return undelivered.every(({ noSpace }) => noSpace === true) ? exitCodes.tryLater : exitCodes.problems;
}
