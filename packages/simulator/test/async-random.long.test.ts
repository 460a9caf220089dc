import { test } from 'vitest';
import { compareEnds, FIRST } from './async-programs.ts';

test(`200 random async programs (seeds from ${FIRST}): no end is lost`, () => compareEnds(200));
