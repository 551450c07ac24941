import {
  type Arrivals,
  liveUsage,
  monthlyCost,
  retroCost,
  retroUsage,
} from '../../../src/targets/aws/prices/aws-costs.ts';
import { guardDutyForS3, type Price, priceList, pricesOf } from '../../../src/targets/aws/prices/aws-prices.ts';
import { dollarsOf, sumOf, type Usage } from '../../../src/targets/aws/prices/aws-usage.ts';
import { afterFreeTier } from '../../../src/targets/aws/prices/free-tier.ts';
import { idleParts, idleUsage } from '../../../src/targets/aws/prices/idle-usage.ts';
import { tieredUsage } from '../../../src/targets/aws/prices/tiered-usage.ts';
import { markdownTable } from './markdown-table.ts';

/** Numbers of files a month, and their sizes. */
export const sizes = [
  { name: '10 k', files: 1e4 },
  { name: '1 M', files: 1e6 },
  { name: '100 M', files: 1e8 },
] as const;
const averageBytes = 250_000;
/** Services with the highest costs; the rest is `other`. */
const columns = ['S3', 'SQS', 'DynamoDB', 'Lambda', 'CloudWatch'] as const;

const costOf = (usage: Usage) => sumOf(dollarsOf(usage));

/** The tables of docs/reference/costs.md, by name. */
export function costTables(): Readonly<Record<string, string>> {
  return {
    month: monthTable(),
    live: scanTable(
      sizes.flatMap(({ name, files }) => [
        { name, usage: liveUsage({ files, averageBytes }) },
        { name: `${name}, one at a time`, usage: liveUsage({ files, averageBytes, filesPerInvocation: 1 }) },
        { name: `${name}, ten at a time`, usage: liveUsage({ files, averageBytes, filesPerInvocation: 10 }) },
      ]),
    ),
    retro: scanTable(
      sizes.map(({ name, files }) => ({
        name,
        usage: retroUsage({ listed: files, objects: files, bytes: files * averageBytes }),
      })),
    ),
    tiering: tieringTable(),
    idle: idleTable(),
    comparison: comparisonTable(),
    prices: priceTable(),
  };
}

function monthTable(): string {
  const rows = sizes.map(({ name, files }) => {
    const { idle, upload, live, keeping, sum, sumAfterFreeTier } = monthlyCost({ files, averageBytes });
    const year = monthlyCost({ files, averageBytes, monthsKept: 12 }).sum;
    return [name, ...[idle, upload, live, keeping].map(sumOf), sum, year, sumAfterFreeTier].map(asCell);
  });
  const head = [
    'files a month',
    'idle stack',
    'uploads',
    'scans',
    'keeping them',
    '**first month**',
    '**twelfth month**',
    'first month, after the free tier',
  ];
  return markdownTable(head, rows);
}

function scanTable(rows: readonly { readonly name: string; readonly usage: Usage }[]): string {
  return markdownTable(
    ['files', ...columns, 'other', '**sum**'],
    rows.map(({ name, usage }) => {
      const dollars = dollarsOf(usage);
      const named = columns.map((service) => dollars[service]);
      const other = sumOf(dollars) - named.reduce((sum, each) => sum + each, 0);
      return [name, ...named, other, sumOf(dollars)].map(asCell);
    }),
  );
}

function tieringTable(): string {
  const files = 1e6;
  const rows = [100_000, averageBytes, 1_000_000, 10_000_000].map((each) => {
    const stored = { files, averageBytes: each };
    const standard = costOf({ s3GbMonth: (files * each) / 2 ** 30 });
    const tiered = (['monthly', 'month', 'quarter'] as const).map((unread) => costOf(tieredUsage(stored, unread)));
    return [`${each / 1000} kB`, ...[standard, ...tiered, costOf({ s3Transition: files })].map(asCell)];
  });
  const head = [
    'file',
    'S3 Standard',
    'read each month',
    'unread for 30 days',
    'unread for 90 days',
    'transition, once',
  ];
  return markdownTable(head, rows);
}

function idleTable(): string {
  const rows = idleParts.map(({ what, usage }) => [what, asCell(costOf(usage))]);
  return markdownTable(
    ['an idle stack', 'a month'],
    [
      ...rows,
      ['**sum**', asCell(costOf(idleUsage))],
      ['after the free tier of the account', asCell(costOf(afterFreeTier(idleUsage)))],
    ],
  );
}

/** A comparison for a terabyte in a million objects, the number that others publish. */
function comparisonTable(): string {
  const [files, bytes] = [1e6, 1e12];
  const arrivals: Arrivals = { files, averageBytes: bytes / files };
  const { perGb, perObject } = guardDutyForS3;
  return markdownTable(
    ['1 TB in 1 M objects', 'dollars'],
    [
      ['GuardDuty Malware Protection for S3', asCell((bytes / 1e9) * perGb + files * perObject)],
      ['live analysis, one at a time', asCell(costOf(liveUsage({ ...arrivals, filesPerInvocation: 1 })))],
      ['live analysis, ten at a time', asCell(costOf(liveUsage({ ...arrivals, filesPerInvocation: 10 })))],
      ['retro scan', asCell(retroCost({ listed: files, objects: files, bytes }))],
    ],
  );
}

function priceTable(): string {
  const all: readonly Price[] = Object.values(priceList);
  return markdownTable(
    ['service', `${pricesOf.region} (${pricesOf.regionName}), ${pricesOf.lookedUp}`],
    all.map(({ service, quoted, page }) => [`[${service}](${page})`, quoted]),
  );
}

/** Dollars, to the cent, or to the dollar where there are many. */
function asCell(value: string | number): string {
  if (typeof value === 'string') return value;
  const digits = value >= 100 ? 0 : 2;
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
