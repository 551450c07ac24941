import { Logger } from '@aws-lambda-powertools/logger';
import { escapeInvisible } from '../../domain/text/safe-json.ts';
import { describeError } from './describe-error.ts';

/** From the most to the least that is logged. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

export type LogFields = Readonly<Record<string, string | number | boolean | object | undefined>>;

/**
 * Writes one line of JSON each. Fields must not be named `level`, `message`, `timestamp` or
 * `service`.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** With the error, its code, its stack and its causes. */
  error(message: string, error: unknown, fields?: LogFields): void;
}

/**
 * A log in the format of Powertools for AWS. The log level that Lambda is configured with wins if
 * it logs less (`AWS_LAMBDA_LOG_LEVEL`).
 *
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export function createJsonLog(options: {
  readonly service: string;
  readonly level: LogLevel;
  /** In every line. */
  readonly fields: LogFields;
  /** Takes a line, without its end. */
  readonly write: (line: string) => void;
}): Log {
  const { service, level, fields: persistentKeys, write } = options;
  const logger = new Logger({ serviceName: service, logLevel: level, persistentKeys });
  const line = (text: string) => write(escapeInvisible(text));
  // The logger has no option for its output, and calls one of these with one text.
  Object.assign(logger, { console: { trace: line, debug: line, info: line, warn: line, error: line } });
  return {
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, error, fields = {}) => logger.error(message, { ...fields, error: describeError(error) }),
  };
}
