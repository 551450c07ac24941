import { createHash } from 'node:crypto';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import { unpackerVersion } from '../../domain/inside/unpacker-version.ts';
import { gramHashId } from '../../index/gram-hash.ts';
import { segmentForm } from '../../index/segment.ts';

/**
 * Returns a name for everything that decides which bytes a scan sees, and for the form of segments: 16
 * hex digits. What was indexed with other settings, or by a version with another form, does not
 * count as indexed.
 */
export function indexSettings({ maxObjectBytes, largeFiles, unpack }: ScanLimits): string {
  const text = JSON.stringify([segmentForm, gramHashId, unpackerVersion, maxObjectBytes, largeFiles, unpack]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
