/** The tables of the target in AWS: constants alone, for the adapters and for whoever provisions them. */

/** Partition and sort key of every table, both text. */
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
  /** Global secondary indexes. All project the keys alone: what they find is read from the table, consistently. */
  readonly indexes: readonly TableIndex[];
  /** Seconds since 1970, after which DynamoDB removes the item that has it. Default: what the table holds stays. */
  readonly expiryAttribute?: string;
}

/**
 * Days that the ledger of a scan keeps what became of each object, once its batch has reported. Its sums stay, and so does every entry that was
 * skipped or failed. No scan takes so long, and no dead letter lives so long, that a report could still be replaced.
 */
export const ledgerDays = 400;
/** Of a batch that has reported. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
export const ledgerExpiry = 'expiresAt';

/** Records of object versions, and the sets of rules they are covered with. */
export const objectsTable: TableDefinition = { name: 'objects', indexes: [] };

/** Scans, their batches and ledgers, and pointers. */
export const scansTable: TableDefinition = { name: 'scans', indexes: [], expiryAttribute: ledgerExpiry };

/** In an order of time: all matches (newest first), the sightings of one, alerts that are owed. */
export const timeIndex: TableIndex = { name: 'by-time', partitionKey: 'timeKey', sortKey: 'timeAt' };
/** Matches of rules of one name, in an order of time. */
export const ruleIndex: TableIndex = { name: 'by-rule', partitionKey: 'ruleName', sortKey: 'matchAt' };
/** Matches that one scan found first, in an order of time. */
export const scanIndex: TableIndex = { name: 'by-scan', partitionKey: 'scanId', sortKey: 'matchAt' };

/** Matches, the objects they were seen in, and alerts. */
export const matchesTable: TableDefinition = { name: 'matches', indexes: [timeIndex, ruleIndex, scanIndex] };

export const tables = { objects: objectsTable, scans: scansTable, matches: matchesTable } as const;
