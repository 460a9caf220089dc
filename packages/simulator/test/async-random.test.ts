import { test } from 'vitest';
import { compareStrategies, FIRST } from './async-programs.ts';

test(`30 random async programs (seeds from ${FIRST}): no end is lost, and no trace`, () => compareStrategies(30));
