import { activeRetros, getScan } from '../app/scans/retro-scans.ts';
import { RearviewError } from '../domain/errors.ts';
import type { Scan } from '../domain/scans/scan.ts';
import type { ScanStore } from '../ports/scan-store.ts';

/**
 * The scan that was named; without a name the latest retro scan.
 * @throws RearviewError `ERR_NOT_FOUND`
 */
export async function namedOrLatest(scans: ScanStore, id: string | undefined): Promise<Scan> {
  if (id !== undefined) return getScan(scans, id);
  const [latest] = await scans.list({ kind: 'retro', limit: 1 });
  if (latest === undefined) {
    throw new RearviewError('ERR_NOT_FOUND', 'There is no retro scan yet: "rearview retro start" starts one.');
  }
  return latest;
}

/**
 * The scan that was named; without a name the one that has not ended.
 * @throws RearviewError `ERR_NOT_FOUND` where none is under way, `ERR_USAGE` where there are
 * several
 */
export async function namedOrOnlyActive(scans: ScanStore, id: string | undefined): Promise<string> {
  if (id !== undefined) return id;
  const [only, ...others] = await activeRetros(scans);
  if (only === undefined) throw new RearviewError('ERR_NOT_FOUND', 'No retro scan is running or paused.');
  if (others.length > 0) {
    const ids = [only, ...others].map((scan) => scan.id).join(', ');
    throw new RearviewError('ERR_USAGE', `Several retro scans are running or paused; name one of ${ids}.`);
  }
  return only.id;
}
