/** The validator of this process: one for all copies of the package in it, made when the first lock asks for it. */
import type { Validator } from '@lockdep/core';
import { logReports } from './log-reports.ts';
import type { Logger } from './logger.ts';
import { PublishingValidator } from './published-events.ts';
import { shared } from './shared.ts';

/** Settings of the process's validator. */
export interface LockdepOptions {
  /** Where reports are logged from now on (pino, or anything of that shape), those made before included; null: nowhere. */
  readonly logger?: Logger | null;
}

/** The validator of this process. */
export function processValidator({ logger }: LockdepOptions = {}): Validator {
  const validator = shared<Validator>('@lockdep/validator', () => new PublishingValidator());
  if (logger !== undefined) {
    const logging = shared('@lockdep/logging', () => ({ stop: () => {} }));
    logging.stop();
    logging.stop = logger === null ? () => {} : logReports(validator, logger);
  }
  return validator;
}
