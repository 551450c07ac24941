import test, { type Implementation } from 'ava';
import { noDynamo } from './aws/dynamodb-emulator.ts';

/** A test, one at a time, that needs something which may be missing: then it is skipped, with the reason in its title. */
export function testUnless(missing: string | null, title: string, implementation: Implementation<[]>): void {
  if (missing === null) test.serial(title, implementation);
  else test.serial.skip(`${title} (${missing})`, implementation);
}

/** A test, one at a time, that needs DynamoDB. */
export function testWithDynamo(title: string, implementation: Implementation<[]>): void {
  testUnless(noDynamo, title, implementation);
}
