import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { translated } from './errors.ts';
import { scanKey } from './scan-items.ts';
import type { Table } from './table.ts';

/** Updates the item of a scan. A failed condition is thrown as the SDK throws it. */
export type ScanUpdate = (
  scanId: string,
  input: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
) => Promise<{ readonly Attributes?: unknown }>;

export function createScanUpdate(table: Table): ScanUpdate {
  return (scanId, input) =>
    translated(table.name, () =>
      table.client.send(new UpdateCommand({ TableName: table.name, Key: { ...scanKey(scanId) }, ...input })),
    );
}
