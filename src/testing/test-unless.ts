import test, { type Implementation } from 'ava';
import { noDynamo } from './aws/dynamodb-emulator.ts';

/**
 * A serial test that is skipped, with the reason in its title, if something it needs is missing.
 */
export function testUnless(missing: string | null, title: string, implementation: Implementation<[]>): void {
  if (missing === null) test.serial(title, implementation);
  else test.serial.skip(`${title} (${missing})`, implementation);
}

/** A serial test that needs DynamoDB. */
export function testWithDynamo(title: string, implementation: Implementation<[]>): void {
  testUnless(noDynamo, title, implementation);
}
