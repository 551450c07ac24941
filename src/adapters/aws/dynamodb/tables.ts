/**
 * The tables of the AWS target: constants only, for the adapters and the infrastructure program.
 */

/** Partition and sort key of every table, both strings. */
export const partitionKey = 'pk';
export const sortKey = 'sk';

export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface TableDefinition {
  /** Last part of the table's name. */
  readonly name: string;
  /**
   * Global secondary indexes. All project only the keys: the items are read from the table,
   * consistently.
   */
  readonly indexes: readonly TableIndex[];
  /**
   * Attribute with the time in seconds since 1970 after which DynamoDB removes the item. Default:
   * items stay.
   */
  readonly expiryAttribute?: string;
}

/**
 * Days that the ledger of a scan keeps the outcome of each object after its batch has reported. Its
 * sums stay, and so does every skipped or failed entry. No scan and no dead letter lives long
 * enough to replace a report later.
 */
export const ledgerDays = 400;
/**
 * The attribute with the time at which DynamoDB deletes an entry:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export const ledgerExpiry = 'expiresAt';

/** Records of object versions, and the sets of rules they are covered with. */
export const objectsTable: TableDefinition = { name: 'objects', indexes: [] };

/** Scans, their batches and ledgers, and pointers. */
export const scansTable: TableDefinition = { name: 'scans', indexes: [], expiryAttribute: ledgerExpiry };

/** In time order: all matches (newest first), the sightings of one, owed alerts. */
export const timeIndex: TableIndex = { name: 'by-time', partitionKey: 'timeKey', sortKey: 'timeAt' };
/** Matches of rules with one name, in time order. */
export const ruleIndex: TableIndex = { name: 'by-rule', partitionKey: 'ruleName', sortKey: 'matchAt' };
/** Matches that one scan found first, in time order. */
export const scanIndex: TableIndex = { name: 'by-scan', partitionKey: 'scanId', sortKey: 'matchAt' };

/** Matches, the objects they were found in, and alerts. */
export const matchesTable: TableDefinition = { name: 'matches', indexes: [timeIndex, ruleIndex, scanIndex] };

export const tables = { objects: objectsTable, scans: scansTable, matches: matchesTable } as const;
