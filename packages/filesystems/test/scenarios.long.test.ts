/** The proofs that take longer: thousands of interleavings. */
import { judgeCells } from './judge-cells.ts';

judgeCells('long', 'proof');
