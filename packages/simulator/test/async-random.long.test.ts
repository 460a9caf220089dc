import { test } from 'vitest';
import { compareEnds, FIRST } from './async-programs.ts';

test(`400 random async programs (seeds from ${FIRST}): no end is lost`, () => compareEnds(400));
