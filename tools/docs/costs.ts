/** Prints the tables of costs in AWS; `--write` puts them into docs/reference/costs.md. */
import { printOrWrite } from '../../src/testing/generated-section.ts';
import { costsPage } from './costs/page.ts';

await printOrWrite(costsPage, process.argv.slice(2));
