import { fsxAtLength } from './fsx-at-length.ts';

fsxAtLength(2);
