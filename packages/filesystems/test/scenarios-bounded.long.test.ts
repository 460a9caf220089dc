/** Where there are too many interleavings: all schedules with few preemptions. */
import { judgeCells } from './judge-cells.ts';

judgeCells('bounded', 'bounded');
