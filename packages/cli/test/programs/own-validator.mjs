/** Feeds a validator of its own, and makes it the process's. */
import { LockKey, Validator } from '@lockdep/core';

const validator = new Validator();
globalThis[Symbol.for('@lockdep/validator')] = validator;
const table = validator.lock(new LockKey({ name: 'table' }));
validator.assertHeld(validator.task('insert'), table);
