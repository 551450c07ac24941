import * as z from 'zod';
import { severities } from '../../src/domain/rulesets/severity.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not a bucket name');
export const arn = z.string().regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:.+$/, 'is not an ARN');
export const accountId = z.string().regex(/^\d{12}$/, 'is not an account: use 12 digits, in quotes');
export const whole = (least: number, most: number) => z.int().min(least).max(most);
/** Severities of rules, in lower case: others match no rule. */
export const severityNames = z.array(z.enum(severities));
export const texts = z.array(z.string().min(1));

/** Lambda's limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const memoryMb = whole(128, 10_240);
export const timeoutSeconds = (least: number) => whole(least, 900);
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
export const maxConcurrency = whole(2, 1000);
