import type { Arrivals } from './aws-costs.ts';
import type { Usage } from './aws-usage.ts';
import { gb } from './usage-parts.ts';

/** How long files were not read, for their price in S3 Intelligent-Tiering. */
export type Unread = 'monthly' | 'month' | 'quarter';
const tierOf = { monthly: 's3GbMonth', month: 's3InfrequentGbMonth', quarter: 's3ArchiveInstantGbMonth' } as const;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/intelligent-tiering-overview.html */
const leastMonitoredBytes = 128 * 1024;

/**
 * Usage of storing files in S3 Intelligent-Tiering for a month.
 * @param unread `monthly`: each is read every month; otherwise, for how long none was read
 */
export function tieredUsage({ files, averageBytes }: Pick<Arrivals, 'files' | 'averageBytes'>, unread: Unread): Usage {
  const stored = (files * averageBytes) / gb;
  if (averageBytes < leastMonitoredBytes) return { s3GbMonth: stored };
  return { [tierOf[unread]]: stored, s3MonitoredObject: files };
}
